/** What `JSON.parse` gives. Kubernetes objects stay in this form, so that fields newer than this code survive. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Holds for any object that came out of `JSON.parse`, whose parts are JSON themselves. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object in a field; empty if there is none. */
export function objectIn(owner: JsonObject, field: string): JsonObject {
  const value = owner[field];
  return isObject(value) ? value : {};
}

/** The objects of a list in a field; empty if there is none. */
export function listIn(owner: JsonObject, field: string): readonly JsonObject[] {
  const value = owner[field];
  return isArray(value) ? value.filter(isObject) : [];
}

/** The text in a field; empty if there is none. */
export function textIn(owner: JsonObject, field: string): string {
  const value = owner[field];
  return typeof value === 'string' ? value : '';
}

/** The annotations of an object; what is no text is left out. */
export function annotationsIn(object: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(objectIn(objectIn(object, 'metadata'), 'annotations'));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
