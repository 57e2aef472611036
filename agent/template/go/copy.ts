import { type GoMap, type GoValue, isList, isMap, TextMap } from './value.ts';

/** A map whose maps and lists are its own. */
export function copyMap<V extends GoValue>(map: ReadonlyMap<string, V>): Map<string, V> {
  return new Map([...map].map(([key, item]) => [key, copyValue(item) as V]));
}

/** A value whose maps and lists are its own. */
export function copyValue(value: GoValue): GoValue {
  if (value instanceof TextMap) return new TextMap(value);
  if (isMap(value)) return copyMap(value);
  return isList(value) ? value.map(copyValue) : value;
}

/** How many values there are in one, itself among them: what it takes to copy or to compare it. */
export function countValues(value: GoValue): number {
  const items = value instanceof TextMap ? [] : isMap(value) ? value.values() : isList(value) ? value : [];
  let count = 1;
  for (const item of items) count += countValues(item);
  return count;
}

/** A map to be written to: Go's maps are shared by all who hold them. */
export type WritableMap = Map<string, GoValue>;

export const writable = (map: GoMap): WritableMap => map as WritableMap;
