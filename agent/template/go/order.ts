import { encodeText } from '#contract/template/bytes.ts';
import type { GoMap, GoValue } from './value.ts';

/** Go's order of strings: by bytes. UTF-16, the order of JavaScript, puts U+10000 and beyond before U+E000. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(encodeText(left), encodeText(right));
}

/** The entries of a map in the order in which Go ranges over it, prints it and writes it as JSON. */
export function sortedEntries(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map].toSorted(([left], [right]) => compareText(left, right));
}
