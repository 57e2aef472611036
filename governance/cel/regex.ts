/**
 * Regular expressions as the API server has them (RE2), with the engine of JavaScript: what both write alike but mean
 * differently is rewritten, what only one of the two has is refused, so that no policy works in one place alone.
 */
import { characterClass } from './regex-class.ts';
import { escaped, type Piece, Unsupported } from './regex-escape.ts';

const LEADING_FLAGS = /^\(\?(?<flags>[ims]+)\)/u;
const REPETITION = /^\{(?<least>\d+)(?:,(?<most>\d*))?\}/u;
const GROUP = /^\((?:\?(?::|P?<[A-Za-z_]\w*>))?(?!\?)/u;
const LARGEST_REPETITION = 1000;

const ALL = String.raw`[\s\S]`;

function group(rest: string): Piece {
  const opening = GROUP.exec(rest)?.[0];
  if (opening === undefined) throw new Unsupported(`the group ${rest.slice(0, 4)}`);
  return { source: opening.replace('(?P<', '(?<'), length: opening.length };
}

function brace(rest: string): Piece {
  const match = REPETITION.exec(rest);
  if (match === null) return { source: String.raw`\{`, length: 1 };
  const { least = '', most = '' } = match.groups ?? {};
  if (Math.max(Number(least), Number(most)) > LARGEST_REPETITION) {
    throw new Unsupported(`the repetition ${match[0]}, more than ${LARGEST_REPETITION}`);
  }
  return { source: match[0], length: match[0].length };
}

function symbol(character: string, flags: string): string {
  switch (character) {
    case '.':
      return flags.includes('s') ? ALL : String.raw`[^\n]`;
    case '^':
      return flags.includes('m') ? String.raw`(?<=\n|^)` : '^';
    case '$':
      return flags.includes('m') ? String.raw`(?=\n|$)` : '$';
    case '}':
    case ']':
      return `\\${character}`;
    default:
      return character;
  }
}

/** Without a difference between capitals, more letters bound words here than in RE2. */
function escapedWith(rest: string, flags: string): Piece {
  if (flags.includes('i') && /^\\b/iu.test(rest)) throw new Unsupported(`${rest.slice(0, 2)} beside (?i)`);
  return escaped(rest);
}

function piece(rest: string, flags: string): Piece {
  const [character = ''] = rest;
  switch (character) {
    case '\\':
      return escapedWith(rest, flags);
    case '[':
      return characterClass(rest);
    case '(':
      return group(rest);
    case '{':
      return brace(rest);
    default:
      return { source: symbol(character, flags), length: character.length };
  }
}

function translate(pattern: string): RegExp {
  const leading = LEADING_FLAGS.exec(pattern);
  const flags = leading?.groups?.['flags'] ?? '';
  let source = '';
  for (let at = leading?.[0].length ?? 0; at < pattern.length;) {
    const next = piece(pattern.slice(at), flags);
    source += next.source;
    at += next.length;
  }
  return new RegExp(source, flags.includes('i') ? 'giu' : 'gu');
}

const known = new Map<string, RegExp>();

/**
 * @throws {Error} If it is no expression of RE2, or not one that JavaScript can imitate.
 */
function expression(pattern: string): RegExp {
  const found = known.get(pattern) ?? translate(pattern);
  known.set(pattern, found);
  found.lastIndex = 0;
  return found;
}

/** Whether any part of the text matches. */
export function matches(text: string, pattern: string): boolean {
  return expression(pattern).test(text);
}

/** The first match, or the empty text. */
export function find(text: string, pattern: string): string {
  return expression(pattern).exec(text)?.[0] ?? '';
}

/** All matches that do not overlap; an empty one right behind another does not count. */
export function findAll(text: string, pattern: string): readonly string[] {
  let end = -1;
  const found: string[] = [];
  for (const match of text.matchAll(expression(pattern))) {
    if (match[0] !== '' || match.index !== end) found.push(match[0]);
    end = match.index + match[0].length;
  }
  return found;
}
