import { AnyMap, type GoMap, type GoValue, isList, isMap, TextMap } from './value.ts';

/** A map whose maps and lists are its own. */
export function copyMap<V extends GoValue>(map: ReadonlyMap<string, V>): Map<string, V> {
  return new Map([...map].map(([key, item]) => [key, copyValue(item) as V]));
}

/** A value whose maps and lists are its own. */
export function copyValue(value: GoValue): GoValue {
  if (value instanceof TextMap) return new TextMap(value);
  if (isMap(value)) return copyMap(value);
  if (value instanceof AnyMap) return copyAnyMap(value);
  return isList(value) ? value.map(copyValue) : value;
}

function copyAnyMap(map: AnyMap): AnyMap {
  const copy = new AnyMap();
  for (const [key, item] of map.entries()) copy.set(key, copyValue(item));
  return copy;
}

/** How many values there are in one, itself among them: what it takes to copy or to compare it. */
export function countValues(value: GoValue): number {
  let count = 1;
  for (const item of itemsInside(value)) count += countValues(item);
  return count;
}

function itemsInside(value: GoValue): Iterable<GoValue> {
  if (value instanceof TextMap) return [];
  if (isMap(value)) return value.values();
  if (value instanceof AnyMap) return value.entries().map(([, item]) => item);
  return isList(value) ? value : [];
}

/** A map to be written to: Go's maps are shared by all who hold them. */
export type WritableMap = Map<string, GoValue>;

export const writable = (map: GoMap): WritableMap => map as WritableMap;
