import { isArray, isObject, type Json } from '#contract/json.ts';

/** Changes one place of a value, which it gets; undefined takes it away. */
type Change = (value: Json) => Json | undefined;

/** How many places there are in a value, itself included. */
function placesIn(value: Json): number {
  if (isArray(value)) return value.reduce<number>((sum, item) => sum + placesIn(item), 1);
  if (isObject(value)) return Object.values(value).reduce<number>((sum, field) => sum + placesIn(field), 1);
  return 1;
}

/** A value with a change in one of its places, counted from the outside and round and round. */
export function changedAt(value: Json, place: number, change: Change): Json {
  return changed(value, place % placesIn(value), change) ?? null;
}

function changed(value: Json, place: number, change: Change): Json | undefined {
  if (place === 0) return change(value);
  if (isArray(value)) {
    const items = within(value.entries(), place, change);
    return items.map(([, item]) => item);
  }
  if (!isObject(value)) return value;
  // A member called __proto__ stays one.
  return Object.fromEntries(within(Object.entries(value), place, change));
}

function within<K>(entries: Iterable<readonly [K, Json]>, place: number, change: Change): [K, Json][] {
  let before = 1;
  const found: [K, Json][] = [];
  for (const [key, value] of entries) {
    const size = placesIn(value);
    const isHere = place >= before && place < before + size;
    const next = isHere ? changed(value, place - before, change) : value;
    if (next !== undefined) found.push([key, next]);
    before += size;
  }
  return found;
}
