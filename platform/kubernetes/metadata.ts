import { type JsonObject, objectIn, textIn } from '#contract/json.ts';

/** What tells one object from all others that are, were and will be. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export function identityOf(object: JsonObject): Identity {
  const metadata = objectIn(object, 'metadata');
  return {
    namespace: textIn(metadata, 'namespace'),
    name: textIn(metadata, 'name'),
    uid: textIn(metadata, 'uid'),
  };
}

/** Of an object, or of a list; empty if it says none. */
export const versionOf = (object: JsonObject): string =>
  textIn(objectIn(object, 'metadata'), 'resourceVersion');
