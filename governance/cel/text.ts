/**
 * Functions of texts as the API server has them: they count characters, not units of UTF-16, and know capitals of ASCII
 * alone.
 */
import type { Environment } from '@marcbachmann/cel-js';
import { find, findAll, matches } from './regex/regex.ts';

const CAPITALS = /[A-Z]/gu;
const SMALL = /[a-z]/gu;
/** White space of Unicode; unlike JavaScript's, with U+0085 and without U+FEFF. */
const AROUND = /^[\p{White_Space}]+|[\p{White_Space}]+$/gu;

/** Code points, as the API server counts. */
function characters(text: string): readonly string[] {
  return Array.from(text);
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = characters(text);
  const last = end ?? BigInt(all.length);
  if (start < 0n || start > last || last > BigInt(all.length)) {
    throw new Error(`Index out of range: ${start} to ${last} of ${all.length} characters`);
  }
  return all.slice(Number(start), Number(last)).join('');
}

function characterAt(text: string, index: bigint): string {
  return substring(text, index, index === BigInt(characters(text).length) ? index : index + 1n);
}

/** The place of a unit of UTF-16, counted in characters. */
function place(text: string, unit: number): bigint {
  return unit < 0 ? -1n : BigInt(characters(text.slice(0, unit)).length);
}

function split(text: string, separator: string): readonly string[] {
  return separator === '' ? characters(text) : text.split(separator);
}

function splitInto(text: string, separator: string, most: bigint): readonly string[] {
  const parts = split(text, separator);
  const count = Number(most);
  if (count < 0 || parts.length <= count) return parts;
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

/** Nothing is before, between and behind all characters. */
function replace(text: string, old: string, by: string): string {
  if (old === '') return ['', ...characters(text), ''].join(by);
  return text.replaceAll(old, () => by);
}

/** Replaced functions have names of their own here: the environment's cannot be replaced. See `dialect.ts`. */
export function addTexts(environment: Environment): void {
  environment
    .registerFunction('string.k8sMatches(string): bool', matches)
    .registerFunction('string.find(string): string', find)
    .registerFunction('string.findAll(string): list<string>', findAll)
    .registerFunction('string.k8sLowerAscii(): string', (text: string) =>
      text.replace(CAPITALS, (letter) => letter.toLowerCase()),
    )
    .registerFunction('string.k8sUpperAscii(): string', (text: string) =>
      text.replace(SMALL, (letter) => letter.toUpperCase()),
    )
    .registerFunction('string.k8sTrim(): string', (text: string) => text.replace(AROUND, ''))
    .registerFunction('string.k8sSubstring(int): string', substring)
    .registerFunction('string.k8sSubstring(int, int): string', substring)
    .registerFunction('string.charAt(int): string', characterAt)
    .registerFunction('string.k8sIndexOf(string): int', (text: string, part: string) =>
      place(text, text.indexOf(part)),
    )
    .registerFunction('string.k8sLastIndexOf(string): int', (text: string, part: string) =>
      place(text, text.lastIndexOf(part)),
    )
    .registerFunction('string.k8sSplit(string): list<string>', split)
    .registerFunction('string.k8sSplit(string, int): list<string>', splitInto)
    .registerFunction('string.replace(string, string): string', replace);
}
