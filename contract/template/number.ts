/**
 * A number as written. Go decides by the context what it is, so each reading that fits is kept:
 * `1.0` is an integer where one is wanted and a float elsewhere.
 */
export interface NumberLiteral {
  /** Present if the value is a whole number of 64 bits with sign. */
  readonly integer?: bigint;
  readonly float: number;
  /** Written as a float (`1.0`, `1e3`). */
  readonly isFloat: boolean;
}

const INTEGER =
  /^(?<sign>[+-]?)(?:0[xX](?<hex>[0-9a-fA-F_]+)|0[bB](?<binary>[01_]+)|0[oO]?(?<octal>[0-7_]+)|(?<decimal>[0-9_]+))$/u;
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/u;
const HEX_FLOAT =
  /^(?<sign>[+-]?)0[xX](?<whole>[0-9a-fA-F]*)\.?(?<fraction>[0-9a-fA-F]*)[pP](?<exponent>[+-]?\d+(?:_\d+)*)$/u;

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Reads a Go number literal; or says what is wrong with it. */
export function readNumber(text: string): NumberLiteral | string {
  const integer = readInteger(text);
  if (integer !== undefined) {
    const fits = integer >= MIN && integer <= MAX;
    return fits ? { integer, float: Number(integer), isFloat: false } : `integer overflow: ${text}`;
  }
  const float = /[.eEpP]/u.test(text) ? readFloat(text) : undefined;
  if (float === undefined || !Number.isFinite(float)) return `illegal number syntax: ${text}`;
  const whole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { float, isFloat: true, ...(whole ? { integer: BigInt(float) } : {}) };
}

/** As Go's `ParseInt` with base 0: `0x`, `0b`, `0o` and a leading zero choose the base; `_` separates digits. */
function readInteger(text: string): bigint | undefined {
  const groups = INTEGER.exec(text)?.groups;
  if (groups === undefined || !underscoresSeparate(text)) return undefined;
  const { sign, hex, binary, octal, decimal } = groups;
  const [prefix, digits] = basedDigits(hex, binary, octal) ?? ['', decimal ?? ''];
  if (prefix === '' && digits.length > 1 && digits.startsWith('0')) return undefined;
  const value = BigInt(prefix + digits.replaceAll('_', ''));
  return sign === '-' ? -value : value;
}

function basedDigits(
  hex: string | undefined,
  binary: string | undefined,
  octal: string | undefined,
): [string, string] | undefined {
  if (hex !== undefined) return ['0x', hex];
  if (binary !== undefined) return ['0b', binary];
  return octal === undefined ? undefined : ['0o', octal];
}

/** Underscores stand between digits, or between a base prefix and a digit. */
function underscoresSeparate(text: string): boolean {
  const body = text.replace(/^[+-]/u, '').replace(/^0[xXbBoO]_?/u, '');
  return !/^_|__|_$/u.test(body);
}

function readFloat(text: string): number | undefined {
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  const groups = HEX_FLOAT.exec(text)?.groups;
  const { sign, whole = '', fraction = '', exponent } = groups ?? {};
  if (groups === undefined || whole + fraction === '') return undefined;
  const magnitude =
    Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent?.replaceAll('_', '')) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}
