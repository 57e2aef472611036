import { JsonNumber, mapAt, type Value, type ValueMap } from '../value/value.ts';

/** The server numbers its answers: alone it makes no two of them equal. */
const ANSWER_NUMBER = 'request_id';

/** True if two answers say the same. */
export function sameBody(one: ValueMap, other: ValueMap): boolean {
  return sameMembers(one, other, ANSWER_NUMBER);
}

/** The time left until a static role's password is replaced. */
const TIME_LEFT = 'ttl';

/** True if two answers hold the same credentials of a static role. */
export function sameRotation(one: ValueMap, other: ValueMap): boolean {
  const [data, otherData] = [mapAt(one, 'data'), mapAt(other, 'data')];
  return data !== undefined && otherData !== undefined && sameMembers(data, otherData, TIME_LEFT);
}

function sameMembers(one: ValueMap, other: ValueMap, except?: string): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) {
    const counterpart = other.get(key);
    if (counterpart === undefined || (key !== except && !sameValue(value, counterpart))) return false;
  }
  return true;
}

function sameValue(one: Value, other: Value): boolean {
  if (one instanceof JsonNumber) return other instanceof JsonNumber && one.token === other.token;
  if (one instanceof Map) return other instanceof Map && sameMembers(one, other);
  if (Array.isArray(one)) return Array.isArray(other) && sameItems(one, other);
  return one === other;
}

function sameItems(one: readonly Value[], other: readonly Value[]): boolean {
  return one.length === other.length && one.every((value, index) => sameValue(value, other[index] ?? null));
}
