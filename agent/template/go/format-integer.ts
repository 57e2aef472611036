import { isPrintable, quote } from './format-string.ts';
import { pad, type Spec } from './spec.ts';
import type { Integer } from './value.ts';

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

const MAX_CHARACTER = 0x10_ffffn;

/** An integer under the verbs `v d b o O x X c q U`; undefined if the verb is none of them. */
export function formatInteger(integer: Integer, spec: Spec): string | undefined {
  const { verb } = spec;
  if (verb === 'c') return pad(character(integer.value), spec);
  if (verb === 'q') return pad(quote(character(integer.value), "'", spec.plus), spec);
  if (verb === 'U') return formatUnicode(BigInt.asUintN(64, integer.value), spec);
  if (verb === 'v' && spec.goSyntax && !integer.signed)
    return formatDigits(integer.value, 16, { ...spec, sharp: true });
  const base = BASES[verb];
  return base === undefined ? undefined : formatDigits(integer.value, base, spec);
}

/** A precision is a number of digits; so is a width that zeros fill. */
function formatDigits(value: bigint, base: number, spec: Spec): string {
  const { verb, precision } = spec;
  if (precision === 0 && value === 0n) return pad('', { ...spec, zero: false });
  const sign = value < 0n ? '-' : positiveSign(spec);
  const zeros = precision ?? (spec.zero && !spec.minus ? spec.width - sign.length : 0);
  const digits = magnitude(value).toString(base).padStart(zeros, '0');
  const text = sign + prefixOf(digits, base, spec) + digits;
  return pad(verb === 'X' ? text.toUpperCase() : text, { ...spec, zero: false });
}

function positiveSign({ plus, space }: Spec): string {
  if (plus) return '+';
  return space ? ' ' : '';
}

function prefixOf(digits: string, base: number, { verb, sharp }: Spec): string {
  if (verb === 'O') return '0o';
  if (!sharp) return '';
  if (base === 8) return digits.startsWith('0') ? '' : '0';
  if (base === 2) return '0b';
  return base === 16 ? '0x' : '';
}

function formatUnicode(value: bigint, spec: Spec): string {
  const digits = value
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(spec.precision ?? 0, 4), '0');
  const shown = value <= MAX_CHARACTER ? String.fromCodePoint(Number(value)) : '';
  const suffix = spec.sharp && isPrintable(shown) ? ` '${shown}'` : '';
  return pad(`U+${digits}${suffix}`, { ...spec, zero: false });
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** The character of a code point, or U+FFFD if there is none. */
function character(value: bigint): string {
  const valid = value >= 0n && value <= MAX_CHARACTER;
  return valid ? String.fromCodePoint(Number(value)).toWellFormed() : '\u{fffd}';
}
