import type { PatternReader } from './reader.ts';
import { RegexSyntaxError } from './tree.ts';

/** Unlike those of JavaScript, Perl's classes are ASCII, and `\s` holds no vertical tab. */
const PERL: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: '[\\t\\n\\f\\r\\u{20}]',
  S: '[^\\t\\n\\f\\r\\u{20}]',
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\u{0}-\\u{7f}',
  blank: '\\t\\u{20}',
  cntrl: '\\u{0}-\\u{1f}\\u{7f}',
  digit: '0-9',
  graph: '\\u{21}-\\u{7e}',
  lower: 'a-z',
  print: '\\u{20}-\\u{7e}',
  punct: '\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}',
  space: '\\t\\n\\u{b}\\f\\r\\u{20}',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

const sourceOf = (code: number): string => `\\u{${code.toString(16)}}`;

/** The class that holds one character. */
export const literalSet = (character: string): string => `[${sourceOf(character.codePointAt(0) ?? 0)}]`;

/** A class after its `[`. */
export function parseClass(reader: PatternReader): string {
  const negated = reader.take('^') ? '^' : '';
  const parts: string[] = [];
  while (parts.length === 0 || reader.peek() !== ']') parts.push(parsePart(reader));
  reader.next();
  return `[${negated}${parts.join('')}]`;
}

function parsePart(reader: PatternReader): string {
  if (reader.atEnd) throw new RegexSyntaxError('a [ is not closed');
  return parsePosix(reader) ?? parseNamedClass(reader) ?? parseRange(reader);
}

function parsePosix(reader: PatternReader): string | undefined {
  if (reader.peek() !== '[' || reader.peek(1) !== ':') return undefined;
  const found = reader.takeMatch(/^\[:(?<negated>\^?)(?<name>[^:]*(?::(?!\])[^:]*)*):\]/u)?.groups;
  if (found === undefined) return undefined;
  const set = Object.hasOwn(POSIX, found['name'] ?? '') ? POSIX[found['name'] ?? ''] : undefined;
  if (set === undefined) throw new RegexSyntaxError('a [: :] names no class');
  return `[${found['negated'] ?? ''}${set}]`;
}

function parseRange(reader: PatternReader): string {
  const first = parseCharacter(reader);
  if (reader.peek() !== '-' || reader.peek(1) === ']' || reader.peek(1) === '') return sourceOf(first);
  reader.next();
  const last = parseCharacter(reader);
  if (last < first) throw new RegexSyntaxError('a range ends before it begins');
  return `${sourceOf(first)}-${sourceOf(last)}`;
}

function parseCharacter(reader: PatternReader): number {
  return reader.take('\\') ? parseEscape(reader) : (reader.next().codePointAt(0) ?? 0);
}

/** `\d`, `\pL`, `\p{Greek}` and their like; undefined if no such class comes next. */
export function parseNamedClass(reader: PatternReader): string | undefined {
  if (reader.peek() !== '\\') return undefined;
  const perl = Object.hasOwn(PERL, reader.peek(1)) ? PERL[reader.peek(1)] : undefined;
  if (perl !== undefined) {
    reader.next();
    reader.next();
    return perl;
  }
  if (!/^[pP]$/u.test(reader.peek(1))) return undefined;
  const groups = reader.takeMatch(
    /^\\(?<sign>[pP])(?:\{(?<caret>\^?)(?<long>[\w -]+)\}|(?<short>\w))/u,
  )?.groups;
  if (groups === undefined) throw new RegexSyntaxError('a \\p names no class');
  const negated = (groups['sign'] === 'P') !== (groups['caret'] === '^');
  return unicodeClass(groups['long'] ?? groups['short'] ?? '', negated);
}

/** As Go 1.25 reads a name: of a category, long or short, or of a script, in letters of any case with any separators. */
function unicodeClass(name: string, negated: boolean): string {
  const letter = negated ? 'P' : 'p';
  const words = name.split(/[_ -]+/u).filter((word) => word !== '');
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('_');
  if (title === 'Any') return negated ? '[]' : '[^]';
  if (title === 'Ascii') return negated ? '[^\\u{0}-\\u{7f}]' : '[\\u{0}-\\u{7f}]';
  if (title === 'Assigned') return negated ? '\\p{Cn}' : '\\P{Cn}';
  const found = [...categoriesLike(title), ...scriptsLike(title)].find((property) =>
    isClass(`\\p{${property}}`),
  );
  if (found === undefined) throw new RegexSyntaxError('a \\p names no class');
  return `\\${letter}{${found}}`;
}

/** A few of the long names are written in small letters. */
const categoriesLike = (title: string): readonly string[] =>
  [title === 'Lc' ? 'LC' : title, title.toLowerCase()].map((one) => `General_Category=${one}`);

/** Short names of scripts, of four letters, are not among Go's; these are long ones. */
const FOUR_LETTERS = /^(?:Ahom|Cham|Kawi|Lisu|Modi|Newa|Thai|Toto)$/u;

const scriptsLike = (title: string): readonly string[] =>
  title === 'Unknown' || (title.length === 4 && !FOUR_LETTERS.test(title))
    ? []
    : [`Script=${title === 'Signwriting' ? 'SignWriting' : title}`];

function isClass(source: string): boolean {
  try {
    return new RegExp(source, 'v').source !== '';
  } catch {
    return false;
  }
}

/** The code point of an escape after its `\`. */
export function parseEscape(reader: PatternReader): number {
  const character = reader.next();
  const simple = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
  if (simple !== undefined) return simple;
  if (/^[!-/:-@[-`{-~ \p{Cc}]$/u.test(character) && character < '\u0080') return character.charCodeAt(0);
  if (character === 'x') return parseHex(reader);
  const octal = /^[0-7]$/u.test(character) ? reader.takeMatch(/^[0-7]{0,2}/u)?.[0] : undefined;
  return octalCode(character, octal);
}

/** `\0`, `\17`; a single digit but 0 would be a reference back, which RE2 does not have. */
function octalCode(first: string, rest: string | undefined): number {
  if (rest === undefined || (first !== '0' && rest === ''))
    throw new RegexSyntaxError('an escape is unknown');
  return Number.parseInt(first + rest, 8);
}

function parseHex(reader: PatternReader): number {
  const found = reader.takeMatch(/^(?:\{(?<long>[0-9a-fA-F]+)\}|(?<short>[0-9a-fA-F]{2}))/u)?.groups;
  const code = Number.parseInt(found?.['long'] ?? found?.['short'] ?? '', 16);
  if (Number.isNaN(code) || code > 0x10_ffff) throw new RegexSyntaxError('an escape is unknown');
  return code;
}
