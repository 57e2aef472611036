import { Float, type GoValue, Integer } from './value.ts';

/** The order of keys of any type in YAML: numbers and booleans by their value, the rest by kind. */
export function compareAnyYamlKeys(left: GoValue, right: GoValue): number {
  if (typeof left === 'string' && typeof right === 'string') return compareYamlKeys(left, right);
  const [one, two] = [numberOf(left), numberOf(right)];
  if (one !== undefined && two !== undefined && one !== two) return one - two;
  return rankOf(left) - rankOf(right);
}

function numberOf(key: GoValue): number | undefined {
  if (typeof key === 'boolean') return Number(key);
  return key instanceof Integer || key instanceof Float ? Number(key.value) : undefined;
}

/** Go's numbers of the kinds, as far as keys have them. */
function rankOf(key: GoValue): number {
  if (typeof key === 'boolean') return 1;
  if (key instanceof Integer) return key.signed ? 2 : 11;
  if (key instanceof Float) return 14;
  return typeof key === 'string' ? 24 : 20;
}

/** Texts: letters last, runs of digits by their value. */
function compareYamlKeys(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const index = a.findIndex((character, position) => character !== b[position]);
  const [first, second] = [a[index], b[index]];
  if (index < 0 || first === undefined || second === undefined) return a.length - b.length;
  const [isLetter, isOtherLetter] = [LETTER.test(first), LETTER.test(second)];
  if (isLetter !== isOtherLetter) return isOtherLetter ? -1 : 1;
  return (isLetter ? 0 : compareNumbers(a, b, index)) || codePoint(first) - codePoint(second);
}

const LETTER = /\p{L}/u;
const DIGIT = /^\d$/u;

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

/** Compares the runs of digits from an index on; after a digit other than 0, a leading 0 counts. */
function compareNumbers(left: readonly string[], right: readonly string[], index: number): number {
  const runs = [left, right].map((text) => digitsFrom(text, index));
  const hasZero = left[index] === '0' || right[index] === '0';
  const lead = hasZero && followsNumber(left, index) ? '1' : '';
  const [a = 0n, b = 0n] = runs.map((run) => BigInt.asIntN(64, BigInt(lead + run)));
  if (a !== b) return a < b ? -1 : 1;
  const [first = '', second = ''] = runs;
  return first.length - second.length;
}

function digitsFrom(text: readonly string[], index: number): string {
  const end = text.findIndex((character, position) => position >= index && !DIGIT.test(character));
  return text.slice(index, end < 0 ? undefined : end).join('');
}

/** Whether the digits right before an index hold one that is not 0. */
function followsNumber(text: readonly string[], index: number): boolean {
  const before = text.slice(0, index);
  const start = before.findLastIndex((character) => !DIGIT.test(character));
  return before.slice(start + 1).some((character) => character !== '0');
}
