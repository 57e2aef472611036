import type { JsonObject } from '#contract/json.ts';
import { STATUS_KEYS } from '#contract/secret-sync.ts';
import { findAlike } from './alike.ts';
import { type Edition, editionOf } from './edition.ts';
import { isPlaceholder, type LiveSecret } from './live-secret.ts';
import type { SyncProblem } from './problem.ts';
import type { Wanted } from './wanted.ts';

/** What is to be done about a Secret. */
export interface Decision {
  /** The object to apply; absent if the Secret is as it is to be, as far as that is known. */
  readonly apply?: JsonObject;
  /** What the values are then; absent if they cannot be had. */
  readonly edition?: Edition;
  /** True if there is more to do once that is applied. */
  readonly unfinished?: true;
  /** The keys whose values that changes. */
  readonly changed: readonly string[];
  /** The keys that are the sync's afterwards. */
  readonly managed: readonly string[];
  readonly problems: readonly SyncProblem[];
}

/** What the API server takes as the data of one Secret. */
const MOST_BYTES = 1024 * 1024;

/**
 * Holds what a Secret is to hold against what it holds. A key is the sync's if it is not there, is there to be filled,
 * or was the sync's before; any other stays as it is and is told. Of what is not known now, everything
 * stays: only a whole answer of the store takes a key away.
 *
 * The object carries uid and resourceVersion, so that it neither brings back a Secret that was deleted nor overwrites what
 * was written meanwhile.
 */
export function decide(live: LiveSecret, wanted: Wanted, now: Date, last?: Edition): Decision {
  const taken = [...wanted.values].filter(([key]) => isOurs(live, key));
  const stays = [...live.data].filter(([key]) => staysOurs(live, wanted, key));
  const wrested = wrestedFrom(live, new Map([...stays, ...taken]));
  const next = new Map([...stays, ...taken, ...wrested].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const managed = [...next.keys()];
  const removed = [...live.managed].filter((key) => isGone(live, next, key));
  const changed = [...managed.filter((key) => live.data.get(key) !== next.get(key)), ...removed].toSorted();
  const problems = [...wanted.problems, ...conflicts(live, wanted), ...unfilled(live, wanted)];
  const idle =
    changed.length === 0 && managed.join(',') === (live.annotations[STATUS_KEYS.managedKeys] ?? '');
  const edition = editionOf(live, next, { last, changes: changed.length > 0 });
  if (idle) return { changed, managed, problems, edition };
  const obstacle = obstacleTo(live, next, changed);
  if (obstacle) return { changed: [], managed: [...live.managed], problems: [...problems, obstacle] };
  const apply = applied(live, next, { edition, now });
  return { apply, edition, changed, managed, problems, ...(wrested.length > 0 && { unfinished: true }) };
}

/**
 * Keys of ours that are to go, and that others have in their books with the same value, as a backup that was restored does:
 * to leave them out would leave them there. Whoever applies another value takes them from all others.
 */
const wrestedFrom = (live: LiveSecret, next: ReadonlyMap<string, string>): [string, string][] =>
  [...live.managed].filter((key) => live.shared.has(key) && isGone(live, next, key)).map((key) => [key, '']);

function isOurs({ data, managed }: LiveSecret, key: string): boolean {
  const present = data.get(key);
  return present === undefined || isPlaceholder(present) || managed.has(key);
}

/** A key of ours whose value is not known now. */
const staysOurs = ({ managed }: LiveSecret, { values, complete, kept }: Wanted, key: string): boolean =>
  managed.has(key) && !values.has(key) && (!complete || kept.has(key));

const isGone = ({ data }: LiveSecret, next: ReadonlyMap<string, string>, key: string): boolean =>
  !next.has(key) && !isPlaceholder(data.get(key) ?? '');

function conflicts(live: LiveSecret, { values }: Wanted): SyncProblem[] {
  const keys = [...values.keys()].filter((key) => !isOurs(live, key));
  if (keys.length === 0) return [];
  const message = `The manifest has a value of its own for ${keys.toSorted().join(', ')}, which stays; to have it synced, take it out of the manifest, or leave it out with sidekey.dev/keys`;
  return [{ reason: 'conflict', message }];
}

/** Keys that the manifest wants filled and for which there is no value, though all values are known. What is ours alone goes. */
function unfilled({ data, managed, shared }: LiveSecret, wanted: Wanted): SyncProblem[] {
  const { values, complete, kept } = wanted;
  if (!complete) return [];
  const stays = (key: string): boolean => !managed.has(key) || shared.has(key);
  const open = [...data].filter(
    ([key, value]) => isPlaceholder(value) && stays(key) && !values.has(key) && !kept.has(key),
  );
  const alike = findAlike(open.length === 0 ? [] : values.keys());
  return open.map(([key]) => {
    const like = alike(key);
    const advice =
      like === undefined ? `say what it is called there: ${key}=NAME` : `it has ${like}: say ${key}=${like}`;
    return {
      reason: 'missing_key',
      message: `The manifest wants ${key} filled, and the source has no such key; ${advice} in sidekey.dev/keys`,
    };
  });
}

function obstacleTo(
  { immutable, data, managed }: LiveSecret,
  next: ReadonlyMap<string, string>,
  changed: readonly string[],
): SyncProblem | undefined {
  if (immutable && changed.length > 0)
    return {
      reason: 'immutable',
      message: 'The Secret is immutable and cannot be filled; create it anew without "immutable: true"',
    };
  const others = [...data].filter(([key]) => !managed.has(key));
  const sizes = [...new Map([...others, ...next]).values()].map((value) =>
    Buffer.byteLength(value, 'base64'),
  );
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size <= MOST_BYTES) return undefined;
  return {
    reason: 'too_large',
    message: `The values come to ${size} bytes, and a Secret holds ${MOST_BYTES}; choose among them with sidekey.dev/keys`,
  };
}

function applied(
  { name, namespace, uid, resourceVersion, annotations }: LiveSecret,
  next: ReadonlyMap<string, string>,
  { edition, now }: { readonly edition: Edition; readonly now: Date },
): JsonObject {
  const version = String(edition.version);
  const same = version === annotations[STATUS_KEYS.version];
  const stamp = same ? annotations[STATUS_KEYS.lastSync] : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion,
      annotations: {
        [STATUS_KEYS.managedKeys]: [...next.keys()].join(','),
        [STATUS_KEYS.version]: version,
        [STATUS_KEYS.lastSync]: stamp ?? now.toISOString(),
      },
    },
    data: Object.fromEntries(next),
  };
}
