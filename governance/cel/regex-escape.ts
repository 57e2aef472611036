/** A construct that RE2 and JavaScript do not have in common. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';

  constructor(construct: string) {
    super(`Cannot use ${construct} in a regular expression: it means something else offline, or nothing`);
  }
}

/** A piece of a translated expression, and how many characters of the original it stands for. */
export interface Piece {
  readonly source: string;
  readonly length: number;
}

/** White space is these five for RE2, and some twenty more for JavaScript. */
export const SPACES = String.raw`\t\n\f\r `;

const SYNTAX = new Set('^$\\.*+?()[]{}|/');
const PUNCTUATION = /^[!-/:-@[-`{-~]$/u;
const HEXADECIMAL = /^\\x(?:(?<two>[0-9A-Fa-f]{2})|\{(?<many>[0-9A-Fa-f]{1,6})\})/u;

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ...'dDwWbBfnrtv'.split('').map((letter): [string, string] => [letter, `\\${letter}`]),
  ['a', String.raw`\x07`],
  ['s', `[${SPACES}]`],
  ['S', `[^${SPACES}]`],
  ['A', '^'],
  ['z', '$'],
]);

/** A character by its number, at the beginning of the text. */
export function hexadecimal(rest: string): Piece | undefined {
  const match = HEXADECIMAL.exec(rest);
  if (match === null) return undefined;
  const { two, many } = match.groups ?? {};
  return { source: `\\u{${two ?? many ?? ''}}`, length: match[0].length };
}

/** A character that stands for itself. */
function literal(character: string): string {
  return SYNTAX.has(character) ? `\\${character}` : character;
}

/** Whether a backslash before it takes its meaning away. */
export function isPunctuation(character: string): boolean {
  return PUNCTUATION.test(character);
}

/** A backslash and what it escapes, outside brackets. */
export function escaped(rest: string): Piece {
  const number = hexadecimal(rest);
  if (number !== undefined) return number;
  const character = rest.charAt(1);
  const source = isPunctuation(character) ? literal(character) : MEANINGS.get(character);
  if (source === undefined) throw new Unsupported(rest.slice(0, 2));
  return { source, length: 2 };
}
