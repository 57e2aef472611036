import { encodeText } from '#contract/template/bytes.ts';
import { pad, type Spec } from './spec.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** What stands in quotes of either kind as it is, which most texts do. */
const PLAIN_TEXT = /^[ !#-&(-[\]-~]*$/u;

/**
 * What Go prints as it is (`strconv.IsPrint`): letters, marks, numbers, punctuation, symbols and the ASCII space. The
 * pattern is made when it is needed: it costs the start a millisecond.
 */
export const isPrintable = (character: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);

/** A string under the verbs `v s q x X`; undefined if the verb is none of them. */
export function formatString(text: string, spec: Spec): string | undefined {
  const { verb } = spec;
  if (verb === 'v' && spec.goSyntax) return pad(quote(truncate(text, spec), '"', false), spec);
  if (verb === 's' || verb === 'v') return pad(truncate(text, spec), spec);
  if (verb === 'x' || verb === 'X') return formatHex(text, spec);
  return verb === 'q' ? pad(formatQuoted(truncate(text, spec), spec), spec) : undefined;
}

function truncate(text: string, { precision }: Spec): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

function formatQuoted(text: string, { sharp, plus }: Spec): string {
  const raw = sharp && !/[\p{Cc}\p{Surrogate}`\u{feff}]/u.test(text.replaceAll('\t', ''));
  return raw ? `\`${text}\`` : quote(text, '"', plus);
}

/** A Go string or character constant (`strconv.Quote`). */
export function quote(text: string, mark: '"' | "'", ascii: boolean): string {
  if (PLAIN_TEXT.test(text)) return mark + text + mark;
  const body = Array.from(text, (character) => {
    if (character === mark) return `\\${mark}`;
    return ESCAPES[character] ?? escapeCharacter(character, ascii);
  });
  return mark + body.join('') + mark;
}

function escapeCharacter(character: string, ascii: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(character) && (!ascii || code < 0x80)) return character;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  if (!character.isWellFormed()) return `\\x${encodeText(character).toString('hex')}`;
  return code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** The bytes in hexadecimal; a space between them, and `0x` in front, if asked. */
function formatHex(text: string, spec: Spec): string {
  const bytes = Array.from(encodeText(text).subarray(0, spec.precision), (byte) => hex(byte, 2));
  const prefix = spec.sharp && bytes.length > 0 ? '0x' : '';
  const digits = prefix + bytes.join(spec.space ? ` ${prefix}` : '');
  return pad(spec.verb === 'X' ? digits.toUpperCase() : digits, spec);
}
