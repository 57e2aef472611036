import { sameBody } from '../../schedule/same.ts';
import { isValueMap, mapAt, numberAt, type Value, type ValueMap } from '../../value/value.ts';
import { succeeded } from '../http/refusal.ts';
import type { SecretRef } from '../provider.ts';
import { generalRefusal } from './errors.ts';
import type { FindMount } from './mounts.ts';
import { encodePath, type Mount, parsePath } from './path.ts';
import type { Requests } from './request.ts';

/**
 * Tells whether an earlier answer for a secret of KV v2 is what a read would give now, without reading the secret: by its
 * metadata. False wherever that is not certain, may not be asked or is not worth it.
 *
 * @throws {ProviderError} If the server does not answer, or not now.
 */
export type IsCurrent = (ref: SecretRef, known: ValueMap, signal: AbortSignal) => Promise<boolean>;

/** Of less, the whole answer costs the server and this process as little as the metadata, which list ten versions. */
const WORTH_BYTES = 16 * 1024;

interface Asking {
  readonly requests: Pick<Requests, 'send'>;
  readonly mounts: FindMount;
}

/** For one session: what its policies do not let it ask is asked once, for the next may. */
export function createVersions(asking: Asking): IsCurrent {
  /** Mounts whose metadata may not be read, and paths that have none. */
  const hopeless = new Set<string>();

  async function place(path: string, signal: AbortSignal): Promise<Place | undefined> {
    if (hopeless.has(path)) return undefined;
    const mount = await asking.mounts(path, signal);
    if (mount?.version === 2 && path.startsWith(mount.path))
      return hopeless.has(mount.path) ? undefined : { mount, path: metadataPath(path, mount) };
    hopeless.add(path);
    return undefined;
  }

  return async (ref, known, signal) => {
    if (ref.operation !== 'read' || !isWorthIt(known)) return false;
    const { path, query } = parsePath(ref.path);
    const found = await place(path, signal);
    if (found === undefined) return false;
    const answer = await asking.requests.send({ method: 'GET', path: encodePath(found.path) }, signal);
    const refusal = generalRefusal(answer, `read ${found.path}`);
    if (refusal !== undefined) throw refusal;
    if (answer.status === 403) hopeless.add(found.mount.path);
    if (answer.status === 404) hopeless.add(path);
    const metadata = succeeded(answer) && isValueMap(answer.body) ? mapAt(answer.body, 'data') : undefined;
    return metadata !== undefined && saysSame(known, metadata, query === '');
  };
}

/** Where the metadata of a secret are. */
interface Place {
  readonly mount: Mount;
  readonly path: string;
}

const metadataPath = (path: string, mount: Mount): string =>
  `${mount.path}metadata/${path.slice(mount.path.length).replace(/^data\//u, '')}`;

/**
 * True if the metadata leave no room for a difference. A version never changes, but it can be deleted, be it at a time set
 * in advance, and its number can come again when the secret was removed and made anew.
 */
function saysSame(known: ValueMap, metadata: ValueMap, isNewest: boolean): boolean {
  const held = heldVersion(known) ?? NOTHING;
  const version = numberAt(held, 'version');
  if (isNewest && numberAt(metadata, 'current_version') !== version) return false;
  const now = mapAt(mapAt(metadata, 'versions') ?? NOTHING, String(version)) ?? NOTHING;
  if (!isThere(held) || !isThere(now)) return false;
  return alike(held, now, 'created_time') && alike(held, metadata, 'custom_metadata');
}

const alike = (one: ValueMap, other: ValueMap, key: string): boolean =>
  sameBody(only(one, key), only(other, key));

const NOTHING: ValueMap = new Map();

const heldVersion = (known: ValueMap): ValueMap | undefined =>
  mapAt(mapAt(known, 'data') ?? NOTHING, 'metadata');

const isThere = (version: ValueMap): boolean =>
  version.get('destroyed') === false && version.get('deletion_time') === '';

const only = (map: ValueMap, key: string): ValueMap => new Map([[key, map.get(key) ?? null]]);

function isWorthIt(known: ValueMap): boolean {
  const data = mapAt(known, 'data');
  return heldVersion(known) !== undefined && sizeOf(data?.get('data') ?? null) >= WORTH_BYTES;
}

/** About as many bytes as it has in an answer. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value))
    return (value as readonly Value[]).reduce<number>((sum, item) => sum + sizeOf(item), 0);
  if (!isValueMap(value)) return 0;
  let size = 0;
  for (const [key, item] of value) size += key.length + sizeOf(item);
  return size;
}
