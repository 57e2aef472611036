/** Quantities of `k8s.io/apimachinery/pkg/api/resource`. More digits, and exponents of more than two, mean nothing any more. */
const SYNTAX =
  /^(?<sign>[+-]?)(?=\.?\d)(?<whole>\d{0,64})(?:\.(?<fraction>\d{0,64}))?(?:(?<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?<exponent>[+-]?\d{1,2}))?$/u;

const DECIMAL: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);

const BINARY: ReadonlyMap<string, bigint> = new Map([
  ['Ki', 10n],
  ['Mi', 20n],
  ['Gi', 30n],
  ['Ti', 40n],
  ['Pi', 50n],
  ['Ei', 60n],
]);

const NANO_DIGITS = 9;

/**
 * The exact amount in billionths (`n`), or undefined if the text is no quantity. What is finer is rounded away from zero,
 * as Kubernetes does, so that whoever asks for something gets something.
 */
export function parseQuantity(text: string): bigint | undefined {
  const groups = SYNTAX.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { whole = '', fraction = '', suffix = '' } = groups;
  const digits = BigInt(whole + fraction) << (BINARY.get(suffix) ?? 0n);
  const amount = scaled(digits, NANO_DIGITS + powerOfTen(suffix, groups['exponent']) - fraction.length);
  return groups['sign'] === '-' ? -amount : amount;
}

function powerOfTen(suffix: string, exponent: string | undefined): number {
  return exponent === undefined ? (DECIMAL.get(suffix) ?? 0) : Number(exponent);
}

/** A number times a power of ten, rounded up. */
function scaled(digits: bigint, power: number): bigint {
  const factor = 10n ** BigInt(Math.abs(power));
  return power >= 0 ? digits * factor : (digits + factor - 1n) / factor;
}
