import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { FIELD_MANAGER, PLACEHOLDER, STATUS_KEYS } from '#contract/secret-sync.ts';

/** A Secret as the API server has it. */
export interface LiveSecret {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Base64, by key. */
  readonly data: ReadonlyMap<string, string>;
  /** The keys that are the sync's. */
  readonly managed: ReadonlySet<string>;
  /** The keys that others have in the API server's books, be it beside the sync. */
  readonly shared: ReadonlySet<string>;
  readonly immutable: boolean;
}

/**
 * Reads a Secret. A key is the sync's if the annotation says so, or the API server's own books: a manifest that is put in
 * the Secret's place takes the annotation along, but not the ownership of what it does not mention.
 */
export function readSecret(object: JsonObject): LiveSecret {
  const metadata = objectIn(object, 'metadata');
  const annotations = annotationsIn(object);
  const noted = (annotations[STATUS_KEYS.managedKeys] ?? '').split(',').filter((key) => key !== '');
  const data = Object.entries(objectIn(object, 'data')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    name: textIn(metadata, 'name'),
    namespace: textIn(metadata, 'namespace'),
    uid: textIn(metadata, 'uid'),
    resourceVersion: textIn(metadata, 'resourceVersion'),
    annotations,
    data: new Map(data),
    managed: new Set([...noted, ...keysOf(metadata, isOurs)]),
    shared: new Set(keysOf(metadata, (entry) => !isOurs(entry))),
    immutable: object['immutable'] === true,
  };
}

const isOurs = (entry: JsonObject): boolean =>
  entry['manager'] === FIELD_MANAGER && entry['operation'] === 'Apply';

/** The keys of `data` in some entries of the API server's books. */
function keysOf(metadata: JsonObject, isWanted: (entry: JsonObject) => boolean): string[] {
  return listIn(metadata, 'managedFields')
    .filter(isWanted)
    .map((entry) => objectIn(objectIn(entry, 'fieldsV1'), 'f:data'))
    .flatMap((fields) => Object.keys(fields))
    .flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : []));
}

const PLACEHOLDERS: ReadonlySet<string> = new Set(['', Buffer.from(PLACEHOLDER).toString('base64')]);

/** True for a key that is there only to be filled. */
export const isPlaceholder = (value: string): boolean => PLACEHOLDERS.has(value);
