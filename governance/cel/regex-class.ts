import { hexadecimal, isPunctuation, type Piece, SPACES, Unsupported } from './regex-escape.ts';

const OPENING = /^\[\^?\]?/u;
const POSIX = /^\[:(?<name>\^?[a-z]+):\]/u;

/** What `[:name:]` holds, between brackets. */
const POSIX_CLASSES: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['ascii', String.raw`\x00-\x7F`],
  ['blank', String.raw`\t `],
  ['cntrl', String.raw`\x00-\x1F\x7F`],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', String.raw`!-\/:-@\[-\x60\{-~`],
  ['space', String.raw`\t\n\v\f\r `],
  ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'],
  ['xdigit', '0-9A-Fa-f'],
]);

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ...'dDwWfnrtv'.split('').map((letter): [string, string] => [letter, `\\${letter}`]),
  ['a', String.raw`\x07`],
  ['s', SPACES],
]);

function posix(rest: string): Piece {
  const match = POSIX.exec(rest);
  if (match === null) return { source: String.raw`\[`, length: 1 };
  const source = POSIX_CLASSES.get(match.groups?.['name'] ?? '');
  if (source === undefined) throw new Unsupported(match[0]);
  return { source, length: match[0].length };
}

function escapedMember(rest: string): Piece {
  const number = hexadecimal(rest);
  if (number !== undefined) return number;
  const character = rest.charAt(1);
  const source = isPunctuation(character) ? member(character) : MEANINGS.get(character);
  if (source === undefined) throw new Unsupported(`${rest.slice(0, 2)} between brackets`);
  return { source, length: 2 };
}

/** A character that stands for itself between brackets. */
function member(character: string): string {
  return String.raw`^$\.*+?()[]{}|/-`.includes(character) ? `\\${character}` : character;
}

function piece(rest: string): Piece {
  if (rest.startsWith('\\')) return escapedMember(rest);
  if (rest.startsWith('[')) return posix(rest);
  const [character = ''] = rest;
  return { source: character, length: character.length };
}

/** Brackets and what is between them, at the beginning of the text. */
export function characterClass(rest: string): Piece {
  const opening = OPENING.exec(rest)?.[0] ?? '[';
  let source = opening.replace(']', String.raw`\]`);
  let at = opening.length;
  while (rest.charAt(at) !== ']') {
    if (at >= rest.length) throw new Unsupported(`the bracket ${rest.slice(0, 8)}, which nothing closes`);
    const next = piece(rest.slice(at));
    source += next.source;
    at += next.length;
  }
  return { source: `${source}]`, length: at + 1 };
}
