/** A double as `mantissa × 2^exponent`, both whole. */
interface Parts {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 52;

/** The parts of a double that is not negative. */
export function partsOf(value: number): Parts {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> BigInt(MANTISSA_BITS));
  const fraction = bits & ((1n << BigInt(MANTISSA_BITS)) - 1n);
  if (biased === 0) return { mantissa: fraction, exponent: -1_074 };
  return { mantissa: fraction | (1n << BigInt(MANTISSA_BITS)), exponent: biased - 1_075 };
}

const signed = (exponent: number): string => (exponent < 0 ? '-' : '+');

/** `%b`: 6755399441055744p-52. */
export function binary(value: number): string {
  const { mantissa, exponent } = partsOf(value);
  return `${mantissa}p${signed(exponent)}${Math.abs(exponent)}`;
}

/** `%x`: 0x1.8p+00. Without a precision, as many digits as there are. */
export function hexadecimal(value: number, precision: number | undefined): string {
  const { lead, fraction, exponent } = rounded(value, precision);
  const digits = precision === undefined ? fraction.replace(/0+$/u, '') : fraction;
  const point = digits === '' ? '' : '.';
  return `0x${lead}${point}${digits}p${signed(exponent)}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** How many hexadecimal digits a double has after the point. */
const MOST_DIGITS = MANTISSA_BITS / 4;

function rounded(
  value: number,
  precision: number = MOST_DIGITS,
): { lead: bigint; fraction: string; exponent: number } {
  if (value === 0) return { lead: 0n, fraction: '0'.repeat(precision), exponent: 0 };
  const { mantissa, exponent } = normal(partsOf(value));
  const kept = Math.min(precision, MOST_DIGITS);
  const dropped = BigInt(4 * (MOST_DIGITS - kept));
  const shown = roundHalfEven(mantissa, dropped);
  const lead = shown >> BigInt(4 * kept);
  const fraction = (shown & ((1n << BigInt(4 * kept)) - 1n)).toString(16).padStart(kept, '0');
  // Rounded up to the next power of two, the fraction is zeros.
  const wrapped = lead > 1n;
  return {
    lead: wrapped ? 1n : lead,
    fraction: (kept === 0 ? '' : fraction).padEnd(precision, '0'),
    exponent: exponent + MANTISSA_BITS + (wrapped ? 1 : 0),
  };
}

/** With its first bit in its place, which that of a very small number is not. */
function normal({ mantissa, exponent }: Parts): Parts {
  const missing = MANTISSA_BITS + 1 - mantissa.toString(2).length;
  return { mantissa: mantissa << BigInt(missing), exponent: exponent - missing };
}

function roundHalfEven(value: bigint, dropped: bigint): bigint {
  const kept = value >> dropped;
  const twice = 2n * (value - (kept << dropped));
  const half = 1n << dropped;
  return twice > half || (twice === half && dropped > 0n && kept % 2n === 1n) ? kept + 1n : kept;
}
