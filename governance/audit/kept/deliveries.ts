import type { Given } from '../store/given.ts';
import type { Principal } from '../store/principal.ts';
import { has, type Ranges, withOne } from './ranges.ts';
import {
  contentSeen,
  createSecret,
  type Held,
  type Secret,
  supersededSince,
  versionSeen,
} from './secrets.ts';

/** Somebody read something. */
export interface Read {
  readonly store: string;
  readonly path: string;
  readonly at: number;
  readonly principal: Principal;
  readonly given: Given;
  /** When the token that it was read with ends, unless it is renewed. */
  readonly expires: number;
}

/** Who holds what of a secret. */
export interface Holder {
  readonly principal: Principal;
  readonly secret: Secret;
  readonly held: Held;
  readonly lastRead: number;
  /** Of the token. */
  readonly expires: number;
}

/** Someone who holds what is no longer the newest. */
export interface StaleHolder extends Holder {
  readonly since: number;
}

/** Remembers who read what: one entry for each reader and secret, however often it is read. */
export interface Deliveries {
  /** True if it is a delivery: the reader had not read this version before. */
  read(read: Read): boolean;
  /** There is such a version. */
  exists(store: string, path: string, version: number, at: number): void;
  /** The secret is no more; another one may come by its name. */
  forget(store: string, path: string): void;
  /** The token of a login was given back. */
  loggedOut(principal: Principal, at: number): void;
  secrets(): Iterable<Secret>;
  holders(): Iterable<Holder>;
}

interface Holding {
  versions: Ranges;
  held: Held;
  lastRead: number;
  expires: number;
}

interface Reader {
  readonly principal: Principal;
  readonly holdings: Map<Secret, Holding>;
}

export function createDeliveries(): Deliveries {
  const secrets = new Map<string, Secret>();
  const readers = new Map<string, Reader>();
  const secretAt = (store: string, path: string): Secret =>
    obtain(secrets, keyOf(store, path), () => createSecret(store, path));
  return {
    read({ store, path, at, principal, given, expires }) {
      if (given.kind === 'lease' || given.kind === 'issued') return true;
      const secret = secretAt(store, path);
      if (given.kind === 'version') versionSeen(secret, given.version, at);
      else contentSeen(secret, given.content, at);
      const newReader = (): Reader => ({ principal, holdings: new Map() });
      const { holdings } = obtain(readers, principal.key, newReader);
      const isNew = take(obtain(holdings, secret, NOTHING), given, at, expires);
      if (isNew && (given.kind === 'content' || given.version === secret.newest)) secret.lastDelivery = at;
      return isNew;
    },
    exists: (store, path, version, at) => versionSeen(secretAt(store, path), version, at),
    forget: (store, path) => void secrets.delete(keyOf(store, path)),
    loggedOut(principal, at) {
      for (const holding of readers.get(principal.key)?.holdings.values() ?? []) holding.expires = at;
    },
    secrets: () => secrets.values(),
    *holders() {
      for (const { principal, holdings } of readers.values())
        for (const [secret, { held, lastRead, expires }] of holdings)
          yield { principal, secret, held, lastRead, expires };
    },
  };
}

const keyOf = (store: string, path: string): string => `${store} ${path}`;

const NOTHING = (): Holding => ({
  versions: [],
  held: { version: 0, content: '' },
  lastRead: Number.NEGATIVE_INFINITY,
  expires: Number.NEGATIVE_INFINITY,
});

function obtain<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}

/** True if it was not held before. A log that is read after a newer one says nothing of what is held now. */
function take(
  holding: Holding,
  given: Extract<Given, { kind: 'version' | 'content' }>,
  at: number,
  expires: number,
): boolean {
  const version = given.kind === 'version' ? given.version : 0;
  const content = given.kind === 'content' ? given.content : '';
  const isNew = given.kind === 'version' ? !has(holding.versions, version) : holding.held.content !== content;
  if (isNew && given.kind === 'version') holding.versions = withOne(holding.versions, version);
  if (at >= holding.lastRead) {
    if (holding.held.version !== version || holding.held.content !== content)
      holding.held = { version, content };
    holding.lastRead = at;
    holding.expires = expires;
  }
  return isNew;
}

/** Undefined if there is nothing newer. */
export function staleness(holder: Holder): StaleHolder | undefined {
  const since = supersededSince(holder.secret, holder.held);
  return since === undefined ? undefined : { ...holder, since };
}
