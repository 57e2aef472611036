import { type WritableMap, writable } from './copy.ts';
import {
  Float,
  type GoMap,
  type GoValue,
  Integer,
  isMap,
  isMapOfAny,
  isText,
  itemsOf,
  textOf,
} from './value.ts';

/**
 * Merges a map into another, maps in both of them likewise (`mergo.Map`, which Vault Agent and Sprig use). What the
 * target has stays, unless it is the zero of its type or the source overrides it; then a nil does so too.
 */
export function mergeInto(target: WritableMap, source: GoMap, overrides: boolean): WritableMap {
  for (const [key, item] of source) {
    const existing = target.get(key);
    if (item === null || item === undefined) {
      if (overrides) target.set(key, null);
    } else if (isMap(existing) && isMap(item)) {
      mergeInto(writable(existing), item, overrides);
    } else if (overrides || isEmpty(existing)) {
      target.set(key, item);
    }
  }
  return target;
}

/** The zero of its type, or an empty collection. */
export function isEmpty(value: GoValue): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (isText(value)) return textOf(value) === '';
  if (value instanceof Integer) return value.value === 0n;
  if (value instanceof Float) return value.value === 0;
  if (isMapOfAny(value)) return value.size === 0;
  return itemsOf(value)?.length === 0;
}
