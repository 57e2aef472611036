import { createHash } from 'node:crypto';
import { isArray, isObject, type Json, objectIn, textIn } from '#contract/json.ts';
import type { Exchange } from './exchange.ts';

/** What a store gave away in an answer. */
export type Given =
  /** A version of a secret in KV v2. */
  | { readonly kind: 'version'; readonly version: number }
  /** A value that has no version. It is another one if its keyed hash is; what is kept is a hash of that. */
  | { readonly kind: 'content'; readonly content: string }
  /** Credentials that were made for this request, with a lease. The store's log may hold a keyed hash of its id. */
  | { readonly kind: 'lease'; readonly lease: string }
  /** Something that was made for this request and has no lease, such as a certificate's key. */
  | { readonly kind: 'issued' };

/** Mounts that hold no secrets of applications. */
const HOUSEKEEPING = /^(?:sys|identity|auth|cubbyhole)\//u;
const HOUSEKEEPING_TYPES = new Set([
  'system',
  'ns_system',
  'identity',
  'ns_identity',
  'token',
  'cubbyhole',
  'ns_cubbyhole',
]);

/** Credentials that the store rotates, and gives to whoever asks. */
const STATIC = /(?:^|\/)static-creds?\//u;

/** What the answer gave away; undefined for what is no secret, and for what failed. */
export function givenBy(exchange: Exchange): Given | undefined {
  const { data, operation, response } = exchange;
  if (!isAnswer(exchange)) return undefined;
  const lease = textIn(objectIn(response, 'secret'), 'lease_id');
  if (lease !== '') return { kind: 'lease', lease };
  if ('private_key' in data) return { kind: 'issued' };
  if (operation !== 'read') return undefined;
  const version = versionIn(exchange);
  return version === undefined ? contentGivenBy(exchange) : { kind: 'version', version };
}

function contentGivenBy(exchange: Exchange): Given | undefined {
  const { data, mount, path } = exchange;
  const isKeyValue = isUnversioned(exchange) && !path.startsWith(`${mount}metadata/`);
  return isKeyValue || STATIC.test(path) ? { kind: 'content', content: digest(data, isKeyValue) } : undefined;
}

/** True if a mount that may hold secrets answered with something. A secret that was deleted is a 404 with a body. */
export const isAnswer = ({ data, error, mountType, request }: Exchange): boolean =>
  error === '' &&
  Object.keys(data).length > 0 &&
  Number(data['http_status_code'] ?? 200) < 400 &&
  !HOUSEKEEPING_TYPES.has(mountType) &&
  !HOUSEKEEPING.test(textIn(request, 'path'));

/** KV v2 answers a read with data beside their metadata. */
export function versionIn({ data }: Exchange): number | undefined {
  const version = objectIn(data, 'metadata')['version'];
  return 'data' in data && isVersion(version) ? version : undefined;
}

export const isVersion = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** Of KV v2 there is the configuration to read, too; an old store does not say what kind a mount is of. */
function isUnversioned({ data, mountType, request }: Exchange): boolean {
  if (mountType === '') return !('keys' in data);
  if (mountType !== 'kv' && mountType !== 'generic') return false;
  return (
    ['cas_required', 'current_version', 'subkeys'].every((field) => !(field in data)) &&
    textIn(request, 'path') !== ''
  );
}

/**
 * Tells two values apart by their keyed hashes, which are the same for the same value. Numbers are in the clear; of rotated
 * credentials they count the seconds down, so only those of KV belong to the value.
 */
function digest(data: Json, withNumbers: boolean): string {
  const hash = createHash('sha256');
  const add = (value: Json): void => {
    if (isArray(value)) for (const item of value) add(item);
    else if (isObject(value)) for (const field of Object.entries(value).toSorted(byKey)) add(field);
    else if (typeof value === 'string' || withNumbers) hash.update(`${JSON.stringify(value)}\n`);
  };
  add(data);
  return hash.digest('base64url');
}

const byKey = ([one]: [string, Json], [other]: [string, Json]): number => (one < other ? -1 : 1);
