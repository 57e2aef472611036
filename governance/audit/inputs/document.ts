import { isArray, type JsonObject, textIn } from '#contract/json.ts';

/** One object of a file that was named beside the logs. */
export interface Document {
  readonly file: string;
  readonly object: JsonObject;
}

/** The group of an object's API; empty for the core one. */
export function groupOf(object: JsonObject): string {
  const version = textIn(object, 'apiVersion');
  return version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
}

/** The texts in a field; what is no text is left out. */
export function textsIn(object: JsonObject, field: string): readonly string[] {
  const list = object[field];
  return isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
