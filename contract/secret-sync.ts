/** Annotations of a Kubernetes Secret that `agent sync` keeps filled, and the names it goes by in a cluster. */

/** The opt-in, as Infisical's users know it. */
export const SYNC_KEY = 'infisical.com/secret-sync';

/** Where the values come from; an opt-in of its own. Without it, what the namespace is bound to. */
export const SOURCE_KEY = 'sidekey.dev/source';

/** Which keys, and what they are called at the source: `token=MODEL_TOKEN,ca.crt`. Without it, all under their own names. */
export const KEYS_KEY = 'sidekey.dev/keys';

/** `sidekey.dev/template.<key>`: the key is rendered from a template. */
export const TEMPLATE_PREFIX = 'sidekey.dev/template.';

/** Written by the sync alone. */
export const STATUS_KEYS = {
  /** The keys that are the sync's, sorted, separated by commas. */
  managedKeys: 'sidekey.dev/managed-keys',
  /** Grows by one whenever the sync changes a value. */
  version: 'sidekey.dev/version',
  /** When that was last. */
  lastSync: 'sidekey.dev/last-sync',
  /** Why the Secret is not what it is to be, and what to do; absent if all is well. */
  error: 'sidekey.dev/sync-error',
} as const;

/** A value that a manifest gives a key which is to be filled, besides the empty one. */
export const PLACEHOLDER = '<auto-managed>';

/** The field manager of everything that the sync applies. */
export const FIELD_MANAGER = 'sidekey-sync';

type Annotations = Readonly<Record<string, string>>;

/** True if the annotations ask for a sync, well or badly: `"false"` is a plain no, any other text than `"true"` a mistake. */
export function asksForSync(annotations: Annotations): boolean {
  const flag = annotations[SYNC_KEY];
  return flag === undefined ? annotations[SOURCE_KEY] !== undefined : flag !== 'false';
}

const KNOWN: ReadonlySet<string> = new Set([SOURCE_KEY, KEYS_KEY, ...Object.values(STATUS_KEYS)]);

/** The annotations that look like the sync's and mean nothing to it: a misspelt one must not pass for none. */
export function unknownAnnotations(annotations: Annotations): readonly string[] {
  return Object.keys(annotations).filter(
    (key) => key.startsWith('sidekey.dev/') && !key.startsWith(TEMPLATE_PREFIX) && !KNOWN.has(key),
  );
}
