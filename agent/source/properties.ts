import type { ValueMap } from '../value/value.ts';
import { textOf } from './values.ts';

/** A line `key=value` each, in the given order, escaped as Java's `Properties.store` does. ASCII whatever the values are. */
export function toProperties(values: ValueMap): string {
  return [...values]
    .map(([key, value]) => `${escaped(key, / /gu)}=${escaped(textOf(value), /^ /gu)}\n`)
    .join('');
}

const LETTERS: Readonly<Record<string, string>> = { '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r' };

/** In a key every space would end it; before a value the first one would be skipped. */
function escaped(text: string, spaces: RegExp): string {
  return text
    .replaceAll(/[\\:=#!]/gu, String.raw`\$&`)
    .replaceAll(spaces, String.raw`\ `)
    .replaceAll(/[^ -~]/g, (unit) => `\\${LETTERS[unit] ?? codeOf(unit)}`);
}

/** Of a UTF-16 unit, as Java has it: characters beyond the basic plane are two. */
const codeOf = (unit: string): string => `u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
