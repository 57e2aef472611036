import { isArray, isObject, type Json } from '#contract/json.ts';

/**
 * JSON as expressions see it: whole numbers are `int`, objects are maps by any key whatever (a ConfigMap may well have one
 * called `constructor`), and a field that is null is absent, as it is once the API server has read the object.
 */
export function celValue(json: Json): unknown {
  if (isArray(json)) return json.map(celElement);
  if (isObject(json)) return celMap(json);
  return typeof json === 'number' && Number.isSafeInteger(json) ? BigInt(json) : json;
}

/** What is null in a list is, for the API server, an element with nothing set. */
function celElement(json: Json): unknown {
  return json === null ? new Map() : celValue(json);
}

function celMap(object: Readonly<Record<string, Json>>): ReadonlyMap<string, unknown> {
  const present = Object.entries(object).filter(([, value]) => value !== null);
  return new Map(present.map(([key, value]) => [key, celValue(value)]));
}
