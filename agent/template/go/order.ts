import { encodeText } from '#contract/template/bytes.ts';
import { type AnyMap, Float, type GoMap, type GoValue, Integer, typeName } from './value.ts';

/** Go's order of strings: by bytes. UTF-16, the order of JavaScript, puts U+10000 and beyond before U+E000. */
export function compareText(left: string, right: string): number {
  if (LATE.test(left) || LATE.test(right)) return Buffer.compare(encodeText(left), encodeText(right));
  return Number(left > right) - Number(left < right);
}

/** Units from where the two orders differ on: those of U+10000 and beyond, of bytes that are no text, and what follows them. */
const LATE = /[\ud800-\uffff]/;

/** The entries of a map in the order in which Go ranges over it, prints it and writes it as JSON. */
export function sortedEntries(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map].toSorted(([left], [right]) => compareText(left, right));
}

/** Types of keys in the order in which the agent prints them, which is that of its program; those of one type by their value. */
const KINDS = ['interface {}', 'string', 'uint64', 'int', 'float64', 'bool'];

export function sortedAnyEntries(map: AnyMap): readonly (readonly [GoValue, GoValue])[] {
  return map.entries().toSorted(([left], [right]) => compareKeys(left, right));
}

function compareKeys(left: GoValue, right: GoValue): number {
  const kinds = [left, right].map((key) => KINDS.indexOf(typeName(key)));
  const [kind = 0, other = 0] = kinds;
  if (kind !== other) return kind - other;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  const [one, two] = [left, right].map((key) =>
    key instanceof Integer || key instanceof Float ? key.value : Number(key),
  );
  return Number((one ?? 0) > (two ?? 0)) - Number((one ?? 0) < (two ?? 0));
}
