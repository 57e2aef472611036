import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';

/**
 * JSON as expressions see it: whole numbers are `int`, objects are maps by any key whatever (a ConfigMap may well have one
 * called `constructor`), and a field that is null is absent, as it is once the API server has read the object.
 */
export function celValue(json: Json): unknown {
  if (isArray(json)) return celList(json);
  if (isObject(json)) return celMap(json);
  return typeof json === 'number' && Number.isSafeInteger(json) ? BigInt(json) : json;
}

/** An object of the API server; it has metadata whatever the manifest says. */
export const celObject = (object: JsonObject): unknown =>
  celMap({ ...object, metadata: object['metadata'] ?? {} });

/** What is null in a list is, for the API server, an element with nothing set: an object without fields, or no text. */
function celList(list: readonly Json[]): readonly unknown[] {
  const nothing = list.some(isObject) ? {} : '';
  return list.map((element) => celValue(element ?? nothing));
}

function celMap(object: Readonly<Record<string, Json>>): ReadonlyMap<string, unknown> {
  const present = Object.entries(object).filter(([, value]) => value !== null);
  return new Map(present.map(([key, value]) => [key, celValue(value)]));
}
