import { bytesOf, fromBytes } from '../../go/search.ts';
import { toLower, toTitleLetter, toUpper } from '../case.ts';
import { type Family, type FunctionContext, takes } from '../signature.ts';
import { isConnector, joinWords } from './join-words.ts';

export const SPRIG_WORDS: Family<'sprigWords'> = {
  sprig_swapcase: takes(['string'], ([text]) => swapCase(text)),
  sprig_camelcase: takes(['string'], ([text]) => toCamelCase(text)),
  sprig_snakecase: takes(['string'], ([text]) => joinWords(text, '_')),
  sprig_kebabcase: takes(['string'], ([text]) => joinWords(text, '-')),
  /** The first byte of each word, taken for a character. */
  sprig_initials: takes(['string'], ([text]) =>
    Array.from(bytesOf(text).matchAll(/(?<![^\s\u{85}])[^\s\u{85}]/gu), String).join(''),
  ),
  sprig_abbrev: takes(['int', 'string'], ([{ value }, text]) =>
    value < 4n ? text : fromBytes(abbreviate(bytesOf(text), 0, Number(value))),
  ),
  sprig_abbrevboth: takes(['int', 'int', 'string'], ([left, right, text]) =>
    right.value < 4n || (left.value > 0n && right.value < 7n)
      ? text
      : fromBytes(abbreviate(bytesOf(text), Number(left.value), Number(right.value))),
  ),
  sprig_wrap: takes(['int', 'string'], ([{ value }, text], context) =>
    wrap(text, { width: Number(value), newLine: '\n', breaksWords: false }, context),
  ),
  sprig_wrapWith: takes(['int', 'string', 'string'], ([{ value }, newLine, text], context) =>
    wrap(
      text,
      { width: Number(value), newLine: newLine === '' ? '\n' : newLine, breaksWords: true },
      context,
    ),
  ),
};

/** Small letters become large, at the start of a word those of titles; others become small. */
function swapCase(text: string): string {
  let startsWord = true;
  return Array.from(text.toWellFormed(), (character) => {
    const isSmall = /\p{Ll}/u.test(character);
    if (!isSmall && !/[\p{Lu}\p{Lt}]/u.test(character)) {
      startsWord = /\p{White_Space}/u.test(character);
      return character;
    }
    const swapped = isSmall ? larger(character, startsWord) : toLower(character);
    startsWord = false;
    return swapped;
  }).join('');
}

const larger = (letter: string, startsWord: boolean): string =>
  startsWord ? toTitleLetter(letter) : toUpper(letter);

/** Hyphens, underscores and spaces go, but for the first of each row of them and those at the ends. */
function toCamelCase(text: string): string {
  const characters = Array.from(text.toWellFormed());
  const start = characters.findIndex((character) => !isConnector(character));
  if (start < 0) return characters.join('') + (characters.at(-1) ?? '');
  const parts = characters.slice(0, start);
  let last = toUpper(characters[start] ?? '');
  for (const character of characters.slice(start + 1)) {
    const isKept = !isConnector(last) || isConnector(character);
    if (isKept) parts.push(last);
    last = isKept ? character : toUpper(character);
  }
  return [...parts, last].join('');
}

/** At most so many bytes, with dots for those that are left out; from about the offset on, unless that is near the start. */
function abbreviate(bytes: string, offset: number, most: number): string {
  if (bytes.length <= most) return bytes;
  const room = most - 3;
  const start = Math.min(offset, bytes.length - room);
  if (start <= 4) return `${bytes.slice(0, room)}...`;
  const ending = start + room < bytes.length ? abbreviate(bytes.slice(start), 0, room) : bytes.slice(-room);
  return `...${ending}`;
}

interface Wrapping {
  readonly width: number;
  readonly newLine: string;
  /** Within words that are longer than a line. */
  readonly breaksWords: boolean;
}

/** Breaks lines at spaces, counting bytes. */
function wrap(text: string, wrapping: Wrapping, context: FunctionContext): string {
  const bytes = bytesOf(text);
  const width = Math.max(wrapping.width, 1);
  const newLine = bytesOf(wrapping.newLine);
  const lines: string[] = [];
  let at = 0;
  while (bytes.length - at > width) {
    if (bytes.charAt(at) === ' ') {
      at += 1;
      continue;
    }
    context.spend(1 + newLine.length / 16);
    const end = lineEnd(bytes, at, { ...wrapping, width });
    lines.push(bytes.slice(at, end));
    if (end === bytes.length) return fromBytes(lines.join(newLine));
    at = bytes.charAt(end) === ' ' ? end + 1 : end;
  }
  return fromBytes([...lines, bytes.slice(at)].join(newLine));
}

/** The last space within the width; where there is none, that which ends the word, or the width if words are broken. */
function lineEnd(bytes: string, at: number, { width, breaksWords }: Wrapping): number {
  const space = bytes.slice(at, at + width + 1).lastIndexOf(' ');
  if (space >= 0) return at + space;
  if (breaksWords) return at + width;
  const next = bytes.indexOf(' ', at + width);
  return next < 0 ? bytes.length : next;
}
