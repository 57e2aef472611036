import { isObject, type JsonObject, objectIn } from '#contract/json.ts';
import type { Clock } from '../clock.ts';
import { backoffMs } from './backoff.ts';
import { describeCall, type KubernetesCall } from './call.ts';
import type { Kubernetes } from './client.ts';
import { createDeadline } from './deadline.ts';
import { KubernetesError, type KubernetesReason } from './errors.ts';
import { callFor, listPages, type Watched } from './list.ts';
import { type Identity, identityOf, versionOf } from './metadata.ts';
import { refusalError } from './refusal.ts';

/**
 * What became of an object.
 *
 * - `put`: it is there, in this form. Comes for every object of a list, and so again for unchanged ones
 * - `deleted`: it is gone. After a list, only `metadata.namespace`, `name` and `uid` of it are known
 * - `synced`: all that there is has been told; after each list
 */
export type WatchEvent =
  | { readonly type: 'put'; readonly object: JsonObject }
  | { readonly type: 'deleted'; readonly object: JsonObject }
  | { readonly type: 'synced' };

export interface WatchTools {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of each fault, before it waits and goes on. */
  onRestart?(reason: KubernetesReason, error: KubernetesError): void;
}

/** Where a watch stands. */
interface Position {
  /** Everything up to this resourceVersion has been told; empty if it has to list. */
  version: string;
  /** All objects that were told and are not deleted: uids by namespace and name. */
  readonly known: Map<string, Identity>;
  /** Faults in a row since the last news. */
  failures: number;
  /** Whether the present watch has brought anything, be it a bookmark. */
  heard: boolean;
}

/**
 * Tells of every object of a kind, and of each change to one, until the signal is aborted: through lost connections, an
 * API server that restarts, and versions that it has forgotten. No change is lost for good, though of several quick ones
 * to an object the last alone may be told.
 *
 * Events are to be taken quickly (put into a queue): while one is being worked on nothing is read, and an API server drops
 * a watch that does not read.
 *
 * @throws {unknown} The signal's reason, when it is aborted.
 */
export async function* watchResource(
  kubernetes: Kubernetes,
  watched: Watched,
  tools: WatchTools,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  const position: Position = { version: '', known: new Map(), failures: 0, heard: false };
  for (;;) {
    const began = tools.clock.now();
    let retryAfterMs: number | undefined;
    try {
      if (position.version === '') yield* list(kubernetes, watched, position, signal);
      yield* follow({ kubernetes, watched, position, ...tools }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubernetesError)) throw error;
      if (LISTS_AGAIN.has(error.reason)) position.version = '';
      retryAfterMs = error.retryAfterMs;
      tools.onRestart?.(error.reason, error);
    }
    const lasted = tools.clock.now() - began;
    if (lasted >= STEADY_MS) position.failures = 0;
    if (lasted >= SILENCE_MS && !position.heard) position.version = '';
    position.failures += 1;
    await tools.clock.sleep(backoffMs(position.failures, tools.random, retryAfterMs), signal);
  }
}

/** After these there is no going on from the last version. */
const LISTS_AGAIN: ReadonlySet<KubernetesReason> = new Set(['gone', 'invalid', 'invalid_response']);

/** A watch that lasted this long was a good one, even if nothing happened. */
const STEADY_MS = 30_000;

async function* list(
  kubernetes: Kubernetes,
  watched: Watched,
  position: Position,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  const { known } = position;
  const listed = new Set<string>();
  let version = '';
  for await (const page of listPages(kubernetes, watched, signal)) {
    for (const object of page.items) {
      const identity = identityOf(object);
      const before = known.get(keyOf(identity));
      if (before !== undefined && before.uid !== identity.uid) yield vanished(before);
      known.set(keyOf(identity), identity);
      listed.add(keyOf(identity));
      yield { type: 'put', object };
    }
    ({ version } = page);
  }
  for (const [key, identity] of known) {
    if (listed.has(key)) continue;
    known.delete(key);
    yield vanished(identity);
  }
  position.version = version;
  yield { type: 'synced' };
}

const keyOf = ({ namespace, name }: Identity): string => `${namespace}/${name}`;

const vanished = (identity: Identity): WatchEvent => ({
  type: 'deleted',
  object: { metadata: { ...identity } },
});

/** How long the server is asked to keep a watch; by chance, so that not all end together. */
const SHORTEST_SECONDS = 300;
const LONGEST_SECONDS = 600;

/** What the server's end of a watch may take to get here. */
const SLACK_MS = 30_000;

/**
 * A server that sends bookmarks sends one a minute. After the first, this much silence means that the connection is dead. A
 * watch that brings none at all may be one from a version that is yet to come, because etcd was set back to an older state:
 * the server lets it wait, and only a list tells.
 */
const SILENCE_MS = 150_000;

/** An API server may let the beginning of a watch wait for its turn. */
const OPENING_MS = 30_000;

interface Following extends WatchTools {
  readonly kubernetes: Kubernetes;
  readonly watched: Watched;
  readonly position: Position;
}

/** One watch: ends when the server ends it. */
async function* follow(
  { kubernetes, watched, position, clock, random }: Following,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  const seconds = SHORTEST_SECONDS + Math.floor((LONGEST_SECONDS - SHORTEST_SECONDS) * random());
  const call = callFor(watched, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: position.version,
    timeoutSeconds: String(seconds),
  });
  let patience = seconds * 1000 + SLACK_MS;
  const silence = createDeadline(clock, signal, () => silent(call, patience));
  try {
    position.heard = false;
    silence.start(patience);
    for await (const line of kubernetes.stream({ ...call, timeoutMs: OPENING_MS }, silence.signal)) {
      // While an event is being worked on, nothing can be read: that is no silence.
      silence.lift();
      position.heard = true;
      const change = decode(call, line);
      if (change.type === 'bookmark') patience = SILENCE_MS;
      if (change.version !== position.version) position.failures = 0;
      position.version = change.version;
      if (change.type !== 'bookmark') yield note(position.known, change.type, change.object);
      silence.start(patience);
    }
  } finally {
    silence.end();
  }
}

const silent = (call: KubernetesCall, ms: number): KubernetesError =>
  new KubernetesError('timeout', `Cannot ${describeCall(call)}: nothing was heard for ${ms} ms`);

interface Change {
  readonly type: 'put' | 'deleted' | 'bookmark';
  readonly object: JsonObject;
  readonly version: string;
}

const TYPES: ReadonlyMap<unknown, Change['type']> = new Map([
  ['ADDED', 'put'],
  ['MODIFIED', 'put'],
  ['DELETED', 'deleted'],
  ['BOOKMARK', 'bookmark'],
]);

function decode(call: KubernetesCall, line: JsonObject): Change {
  const object = objectIn(line, 'object');
  const { code } = object;
  if (line['type'] === 'ERROR')
    throw refusalError(call, {
      status: typeof code === 'number' ? code : 500,
      body: object,
      retryAfterMs: undefined,
    });
  const type = TYPES.get(line['type']);
  const version = versionOf(object);
  if (type === undefined || version === '' || !isObject(line['object']))
    throw new KubernetesError(
      'invalid_response',
      `Cannot ${describeCall(call)}: what came is no watch event`,
    );
  return { type, object, version };
}

/** Keeps in mind what has been told. */
function note(known: Map<string, Identity>, type: 'put' | 'deleted', object: JsonObject): WatchEvent {
  const identity = identityOf(object);
  if (type === 'put') known.set(keyOf(identity), identity);
  else known.delete(keyOf(identity));
  return { type, object };
}
