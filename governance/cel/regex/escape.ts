import { type Characters, PERL_CLASSES } from './characters.ts';
import { Unsupported } from './node.ts';

/** What is read at the beginning of a text, and how much of it that was. */
export interface Read<T> {
  readonly value: T;
  readonly length: number;
}

const HEXADECIMAL = /^\\x(?:(?<two>[\dA-Fa-f]{2})|\{(?<many>[\dA-Fa-f]{1,6})\})/u;
const PUNCTUATION = /^\\[!-/:-@[-`{-~]/u;

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** One character. */
export const only = (point: number): Characters => ({ ranges: [[point, point]], isNegated: false });

/** A backslash and what it makes of what is behind it: the characters that match. */
export function readEscape(rest: string): Read<Characters> {
  const hexadecimal = HEXADECIMAL.exec(rest);
  if (hexadecimal !== null) {
    const { two, many = '' } = hexadecimal.groups ?? {};
    return { value: only(Number.parseInt(two ?? many, 16)), length: hexadecimal[0].length };
  }
  const letter = rest.charAt(1);
  const known = PERL_CLASSES.get(letter);
  if (known !== undefined) return { value: known, length: 2 };
  const literal = PUNCTUATION.test(rest) ? letter : CONTROLS.get(letter);
  const point = literal?.codePointAt(0);
  if (point === undefined) throw new Unsupported(rest.slice(0, 2));
  return { value: only(point), length: 2 };
}
