import { type Characters, POSIX_CLASSES } from './characters.ts';
import { only, type Read, readEscape } from './escape.ts';
import { Unsupported } from './node.ts';

const NAMED = /^\[:(?<not>\^?)(?<name>[a-z]*):\]/u;

function named(rest: string): Read<Characters> | undefined {
  const match = NAMED.exec(rest);
  if (match === null) return undefined;
  const { not = '', name = '' } = match.groups ?? {};
  const ranges = POSIX_CLASSES.get(name);
  if (ranges === undefined) throw new Unsupported(match[0]);
  return { value: { ranges, isNegated: not !== '' }, length: match[0].length };
}

/** One character, or several by one name. */
function member(rest: string): Read<Characters> {
  const point = rest.codePointAt(0);
  if (point === undefined) throw new Unsupported('a bracket that nothing closes');
  if (rest.startsWith('\\')) return readEscape(rest);
  return { value: only(point), length: String.fromCodePoint(point).length };
}

function endOf({ value }: Read<Characters>, rest: string): number {
  const [[first, last] = [0, 1], ...more] = value.ranges;
  if (first !== last || more.length > 0 || value.isNegated)
    throw new Unsupported(`the range ${rest.slice(0, 6)}`);
  return first;
}

/** A member, or all from one to another. */
function memberOrRange(rest: string): Read<Characters> {
  const first = named(rest) ?? member(rest);
  const behind = rest.slice(first.length);
  if (!behind.startsWith('-') || behind.startsWith('-]') || named(rest) !== undefined) return first;
  const second = member(behind.slice(1));
  const [from, to] = [endOf(first, rest), endOf(second, rest)];
  if (from > to) throw new Unsupported(`the range ${rest.slice(0, 6)}`);
  return { value: { ranges: [[from, to]], isNegated: false }, length: first.length + 1 + second.length };
}

/** What is in a pair of brackets; still without regard to case. */
interface Brackets {
  readonly members: readonly Characters[];
  readonly isNegated: boolean;
}

/** The brackets that the text begins with. */
export function readBrackets(text: string): Read<Brackets> {
  const isNegated = text.startsWith('[^');
  const begin = isNegated ? 2 : 1;
  const members: Characters[] = [];
  let at = begin;
  // Right behind the opening, a closing bracket is one like any other character.
  while (at === begin || text.charAt(at) !== ']') {
    const { value, length } = memberOrRange(text.slice(at));
    members.push(value);
    at += length;
  }
  return { value: { members, isNegated }, length: at + 1 };
}
