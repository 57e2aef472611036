/** A length of time in nanoseconds, as Go's `time.Duration` holds it: in 64 bits, beyond which it begins anew. */
export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

const PART = /(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<unit>ns|us|µs|μs|ms|s|m|h)/gu;
const WHOLE = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/u;

/** `1h15m30.5s`; undefined for what is none, or too long for 64 bits. */
export function parseDuration(text: string): bigint | undefined {
  if (!WHOLE.test(text)) return undefined;
  let sum = 0n;
  for (const { groups = {} } of text.matchAll(PART)) sum += partOf(groups);
  const length = text.startsWith('-') ? -sum : sum;
  return BigInt.asIntN(64, length) === length ? length : undefined;
}

function partOf({ whole, fraction = '', unit = '' }: Readonly<Record<string, string | undefined>>): bigint {
  const size = UNITS[unit ?? ''] ?? 0n;
  const digits = fraction ?? '';
  return BigInt(whole || 0) * size + (BigInt(digits || 0) * size) / 10n ** BigInt(digits.length);
}

/** `1h15m30.5s`, as Go prints it. */
export function durationText(length: bigint): string {
  const sign = length < 0n ? '-' : '';
  const size = length < 0n ? -length : length;
  if (size === 0n) return '0s';
  if (size < SECOND) return sign + belowSecond(size);
  const seconds = decimal(size % MINUTE, SECOND);
  const minutes = (size / MINUTE) % 60n;
  const hours = size / HOUR;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`;
  return sign + (minutes > 0n ? `${minutes}m${seconds}s` : `${seconds}s`);
}

function belowSecond(size: bigint): string {
  if (size < 1000n) return `${size}ns`;
  return size < 1_000_000n ? `${decimal(size, 1000n)}µs` : `${decimal(size, 1_000_000n)}ms`;
}

function decimal(size: bigint, unit: bigint): string {
  const fraction = String(size % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/u, '');
  return fraction === '' ? String(size / unit) : `${size / unit}.${fraction}`;
}
