import { parseQuantity } from '#contract/quantity.ts';

const NANOS = 10n ** 9n;
const KIBI = 1024n;

/** In billionths, the largest first. */
const DECIMAL = [
  ['E', 27],
  ['P', 24],
  ['T', 21],
  ['G', 18],
  ['M', 15],
  ['k', 12],
  ['', 9],
  ['m', 6],
  ['u', 3],
  ['n', 0],
] as const;

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A quantity as the API server writes it back: with the largest suffix that leaves a whole number. Written otherwise, it would
 * look changed to whoever applies it again. Undefined if the text is no quantity, or less than nothing.
 */
export function storedQuantity(text: string): string | undefined {
  const nanos = parseQuantity(text);
  if (nanos === undefined || nanos < 0n) return undefined;
  return text.endsWith('i') && nanos >= KIBI * NANOS ? binary((nanos + NANOS - 1n) / NANOS) : decimal(nanos);
}

function decimal(nanos: bigint): string {
  if (nanos === 0n) return '0';
  const [suffix, power] = DECIMAL.find(([, one]) => nanos % 10n ** BigInt(one) === 0n) ?? ['n', 0];
  return `${nanos / 10n ** BigInt(power)}${suffix}`;
}

function binary(bytes: bigint): string {
  let [rest, suffix] = [bytes, ''];
  for (const next of BINARY) {
    if (rest % KIBI !== 0n) break;
    [rest, suffix] = [rest / KIBI, next];
  }
  return `${rest}${suffix}`;
}
