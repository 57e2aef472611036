import { encodeText } from '#contract/template/bytes.ts';
import { isPrintable } from '../go/format-string.ts';
import { display, print } from '../go/format.ts';
import type { GoValue } from '../go/value.ts';
import { type Family, takesMore } from './signature.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\u{fffd}',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

const JAVASCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

export const ESCAPE: Family<'escape'> = {
  html: takesMore([], 'any', (values) =>
    joined(values).replaceAll(/[\0"'&<>]/gu, (found) => HTML[found] ?? ''),
  ),
  js: takesMore([], 'any', (values) =>
    joined(values).replaceAll(/[\\'"<>&=\p{Cc}\P{ASCII}]/gu, escapeJavaScript),
  ),
  urlquery: takesMore([], 'any', (values) => queryEscape(joined(values))),
};

/** A lone string as it is, else the operands as `print` joins them; what is missing shows as such. */
function joined(values: readonly GoValue[]): string {
  const shown = values.map((value) => (value === undefined || value === null ? display(undefined) : value));
  return print(shown, display);
}

function escapeJavaScript(character: string): string {
  const simple = JAVASCRIPT[character];
  if (simple !== undefined) return simple;
  if (character === '\u{7f}' || isPrintable(character) || !character.isWellFormed()) return character;
  const code = character.codePointAt(0) ?? 0;
  return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** As `url.QueryEscape`: bytes other than letters, digits and `-_.~` in hexadecimal, a space as `+`. */
function queryEscape(text: string): string {
  return encodeText(text)
    .toString('latin1')
    .replaceAll(/[^\w.~-]/gu, (byte) => {
      if (byte === ' ') return '+';
      return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    });
}
