import { binary, hexadecimal, partsOf } from './format-binary.ts';
import { pad, type Spec } from './spec.ts';

/** Decimal digits without leading or trailing zeros, and the place of the point: 0.digits × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** No double has more decimals than this; what is asked beyond is zeros. */
const MAX_DECIMALS = 1_100;

/** A double under the verbs `v g G e E f F b x X`; undefined if the verb is none of them. */
export function formatFloat(value: number, spec: Spec): string | undefined {
  const { verb } = spec;
  if (!'vgGeEfFbxX'.includes(verb)) return undefined;
  const sign = value < 0 || Object.is(value, -0) ? '-' : positiveSign(value, spec);
  if (!Number.isFinite(value)) return pad(sign + notFinite(value), { ...spec, zero: false });
  const magnitude = withPoint(formatMagnitude(Math.abs(value), spec), spec);
  const text = 'EGX'.includes(verb) ? magnitude.toUpperCase() : magnitude;
  const zeros = spec.zero && !spec.minus ? spec.width - sign.length : 0;
  return pad(sign + text.padStart(zeros, '0'), { ...spec, zero: false });
}

/** The flag `#`: always a point, and with `%g` and `%x` the zeros that they leave out. */
function withPoint(text: string, { verb, sharp, precision }: Spec): string {
  if (!sharp || verb === 'b') return text;
  const end = text.indexOf('xX'.includes(verb) ? 'p' : 'e');
  const number = end < 0 ? text : text.slice(0, end);
  const wanted = 'vgGx'.includes(verb) ? (precision ?? 6) : 0;
  const zeros = '0'.repeat(Math.max(0, wanted - countDigits(number)));
  return `${number}${number.includes('.') ? '' : '.'}${zeros}${text.slice(number.length)}`;
}

/** From the first that is not 0; the `x` of a prefix counts, as it does in Go, and so does a 0 that stands alone. */
const countDigits = (number: string): number =>
  number === '0' ? 1 : number.replace('.', '').replace(/^0+/u, '').length;

/** Infinity always shows its sign. */
function positiveSign(value: number, { plus, space }: Spec): string {
  if (plus) return '+';
  if (space) return ' ';
  return value === Infinity ? '+' : '';
}

const notFinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : 'Inf');

function formatMagnitude(value: number, { verb, precision }: Spec): string {
  if (verb === 'b') return binary(value);
  if (verb === 'x' || verb === 'X') return hexadecimal(value, precision);
  if (verb === 'f' || verb === 'F') return fixed(value, precision ?? 6);
  if (verb === 'e' || verb === 'E') {
    const decimals = precision ?? 6;
    return exponential(significant(value, decimals + 1), decimals);
  }
  return general(value, precision);
}

/** The shorter of both notations, as C's `%g`; without a precision, as many digits as tell the double from others. */
function general(value: number, precision: number | undefined): string {
  const wanted = precision === undefined ? undefined : Math.max(precision, 1);
  const decimal = wanted === undefined ? shortest(value) : significant(value, wanted);
  const { digits, point } = decimal;
  const integral = wanted !== undefined && wanted > digits.length && digits.length >= point;
  const limit = integral ? digits.length : (wanted ?? SHORTEST_LIMIT);
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) return exponential(decimal, Math.max(digits.length - 1, 0));
  return positional(decimal, Math.max(digits.length - point, 0));
}

/** From this exponent on, `%v` writes 1e+06. */
const SHORTEST_LIMIT = 6;

function shortest(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const digits = mantissa.replace('.', '').replace(/0+$/u, '');
  return { digits, point: value === 0 ? 1 : Number(exponent) + 1 };
}

/** Rounded to a number of significant digits. */
function significant(value: number, count: number): Decimal {
  if (value === 0) return { digits: '', point: 1 };
  const { point } = shortest(value);
  const decimals = Math.min(count - point, MAX_DECIMALS);
  const rounded = scaled(value, decimals).toString();
  return { digits: rounded.replace(/0+$/u, ''), point: rounded.length - decimals };
}

function fixed(value: number, decimals: number): string {
  const kept = Math.min(decimals, MAX_DECIMALS);
  const digits = scaled(value, kept)
    .toString()
    .padStart(kept + 1, '0');
  const whole = digits.slice(0, digits.length - kept);
  return decimals === 0 ? whole : `${whole}.${digits.slice(whole.length).padEnd(decimals, '0')}`;
}

/** `value × 10^decimals`, exactly, rounded half to even as Go does (`toFixed` rounds half up). */
function scaled(value: number, decimals: number): bigint {
  const { mantissa, exponent: power } = partsOf(value);
  const numerator = mantissa * 2n ** BigInt(Math.max(power, 0)) * 10n ** BigInt(Math.max(decimals, 0));
  const denominator = 2n ** BigInt(Math.max(-power, 0)) * 10n ** BigInt(Math.max(-decimals, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

function exponential({ digits, point }: Decimal, decimals: number): string {
  const padded = digits.padEnd(decimals + 1, '0');
  const fraction = decimals > 0 ? `.${padded.slice(1)}` : '';
  const exponent = point - 1;
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${padded.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

function positional({ digits, point }: Decimal, decimals: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = '0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0));
  return decimals > 0 ? `${whole}.${fraction.padEnd(decimals, '0')}` : whole;
}
