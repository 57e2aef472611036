/** Where a scalar is written. */
export interface Place {
  /** Columns of the parent; further lines have two more. */
  readonly indent: number;
  /** Where the scalar begins. */
  readonly column: number;
  readonly isKey: boolean;
}

/** A text with the quotes it needs. One of an `other` type when plain gets double quotes. */
export function scalarText(text: string, type: 'string' | 'other', place: Place): string {
  if (text.includes('\n')) return isBlock(text) ? literal(text, place) : doubleQuoted(text, place);
  if (type === 'other' || SPECIAL.test(text) || /[\u2028\u2029] /u.test(text))
    return doubleQuoted(text, place);
  if (!NOT_PLAIN.test(text)) return wrap(text, place, / (?! )/gu, '');
  return singleQuoted(text, place);
}

/** After a separator of lines or paragraphs, which is kept, the text is indented. */
function singleQuoted(text: string, place: Place): string {
  const body = text
    .replaceAll("'", "''")
    .replaceAll(/[\u2028\u2029](?=[^\u2028\u2029])/gu, (found) => found + marginOf(place));
  return `'${wrap(body, { ...place, column: place.column + 1 }, /(?<!^) (?! |$)/gu, '')}'`;
}

const marginOf = ({ indent }: Place): string => ' '.repeat(indent + 2 || 2);

/** What may stand before a colon. */
export const isSimpleKey = (text: string): boolean =>
  Buffer.byteLength(text) <= 128 && !/[\n\r\u0085\u2028\u2029]/u.test(text);

/** What only double quotes can hold: all but printable characters of the basic plane, and spaces before a break. */
const SPECIAL = /[^\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]| [\n\u2028\u2029]/u;

const isBlock = (text: string): boolean => !SPECIAL.test(text) && !text.endsWith(' ');

const NOT_PLAIN =
  /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[-?:](?: |$)|:(?: |$)|[ \u2028\u2029]#|^ | $|[\u2028\u2029]/u;

function literal(text: string, place: Place): string {
  const lines = text.replaceAll(/(?<![^\n\u2028\u2029])(?=[^\n\u2028\u2029])/gu, marginOf(place));
  const hint = /^[ \n\u2028\u2029]/u.test(text) ? '2' : '';
  const chomp = /[\n\u2028\u2029]$/u.test(text)
    ? /(?:^|[\n\u2028\u2029])[\n\u2028\u2029]$/u.test(text)
      ? '+'
      : ''
    : '-';
  return `|${hint}${chomp}\n${lines.replace(/\n$/u, '')}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, place: Place): string {
  const escaped = text.replaceAll(
    /["\\]|[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu,
    (found) => {
      return ESCAPES[found] ?? escapeCode(found.codePointAt(0) ?? 0);
    },
  );
  return `"${wrap(escaped, { ...place, column: place.column + 1 }, /(?<!^| ) (?!$)/gu, '\\')}"`;
}

function escapeCode(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const WIDTH = 80;

/** Breaks a line at the first space after 80 columns; a space that the next line begins with is marked. */
function wrap(text: string, place: Place, spaces: RegExp, mark: string): string {
  const { column, isKey } = place;
  if (isKey || column + text.length <= WIDTH) return text;
  const margin = marginOf(place);
  let start = 0;
  let lineStart = -column;
  let wrapped = '';
  for (const { index } of text.matchAll(spaces)) {
    if (index - lineStart <= WIDTH || text.charAt(index - 1) === ' ') continue;
    const next = text.charAt(index + 1) === ' ' ? mark : '';
    wrapped += `${text.slice(start, index)}\n${margin}${next}`;
    start = index + 1;
    lineStart = start - margin.length - next.length;
  }
  return wrapped + text.slice(start);
}
