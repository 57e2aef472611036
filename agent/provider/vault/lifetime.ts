import type { Lifetime } from '../../schedule/lifetime.ts';
import { JsonNumber, mapAt, numberAt, stringAt, type ValueMap } from '../../value/value.ts';
import type { SecretRef } from '../provider.ts';
import { sshCertificateEnd } from './ssh-certificate.ts';

/**
 * How long a token is good for, from the `auth` part of a login or a renewal.
 * A duration of zero means that it never ends (root tokens, tokens of periodless `ttl=0` roles).
 */
export function tokenLifetime(auth: ValueMap): Lifetime {
  const seconds = secondsAt(auth, 'lease_duration') ?? 0;
  if (seconds === 0) return { kind: 'static' };
  return { kind: 'leased', ttlMs: seconds * 1000, renewable: auth.get('renewable') === true };
}

/** A number of seconds; undefined also for one that no store means, beyond all times that can be reckoned with. */
function secondsAt(map: ValueMap, key: string): number | undefined {
  const seconds = Math.max(0, numberAt(map, key) ?? Number.NaN);
  return seconds * 1000 <= Number.MAX_SAFE_INTEGER ? seconds : undefined;
}

/** How long a lease is good for, from the answer to its creation or renewal. */
export function leaseLifetime(body: ValueMap): Lifetime {
  const seconds = secondsAt(body, 'lease_duration') ?? 0;
  return { kind: 'leased', ttlMs: seconds * 1000, renewable: body.get('renewable') === true };
}

/** What was asked for, and what is known of who answered. */
export interface Asked {
  readonly operation: SecretRef['operation'];
  /** Without a query. */
  readonly path: string;
  /** The type of the secrets engine, if the server has told. */
  readonly engine?: string | undefined;
  /** What the server took for the time, in milliseconds since the epoch: an end is meant by its clock. */
  readonly now: number;
}

/**
 * How long a secret is good for. A `lease_duration` without a `lease_id` is no lease: KV v1 sends its engine's default
 * there, which says nothing about when the value changes.
 */
export function secretLifetime(body: ValueMap, asked: Asked): Lifetime {
  if (isOneTime(asked)) return { kind: 'once' };
  const data = mapAt(body, 'data') ?? NOTHING;
  // The fields of what somebody has put there may be called anything.
  const ending = asked.engine === 'kv' ? undefined : endingBy(data, asked.now);
  const inherent = leasedFor(body) ?? ownToken(data, asked) ?? ending;
  return inherent ?? (madeByReading(asked) ? { kind: 'static' } : polled(body, data));
}

const NOTHING: ValueMap = new Map();

/** What hangs on the session: a lease, or a token that was made by a read and is a child of the session's. */
function leasedFor(body: ValueMap): Lifetime | undefined {
  const hasLease = leaseIdOf(body) !== undefined && (secondsAt(body, 'lease_duration') ?? 0) > 0;
  if (hasLease) return leaseLifetime(body);
  const auth = mapAt(body, 'auth');
  const tokenSeconds = (auth && secondsAt(auth, 'lease_duration')) ?? 0;
  return tokenSeconds > 0 ? { kind: 'leased', ttlMs: tokenSeconds * 1000, renewable: false } : undefined;
}

/** What is over at a time that its fields tell. */
function endingBy(data: ValueMap, now: number): Lifetime | undefined {
  const rotatesIn = rotationSeconds(data);
  if (rotatesIn !== undefined) return { kind: 'rotating', ttlMs: Math.max(0, rotatesIn * 1000) };
  const seconds = endingSeconds(data, now / 1000);
  if (seconds === undefined) return undefined;
  // What has ended already would be asked for again and again without a pause.
  return seconds > 0 ? { kind: 'expiring', ttlMs: seconds * 1000 } : { kind: 'polled' };
}

/** What the store says of the agent's own token ends with it, and is to be asked for anew in a new session. */
function ownToken(data: ValueMap, { path }: Asked): Lifetime | undefined {
  const seconds = path === 'auth/token/lookup-self' ? (secondsAt(data, 'ttl') ?? 0) : 0;
  return seconds > 0 ? { kind: 'leased', ttlMs: seconds * 1000, renewable: false } : undefined;
}

/** The id of the lease, if the secret has one. */
export function leaseIdOf(body: ValueMap): string | undefined {
  const id = stringAt(body, 'lease_id');
  return id === '' ? undefined : id;
}

/** What is wrapped can be taken out once, and what is in a cubbyhole is there for one token alone. */
const ONE_TIME = /(?:^|\/)sys\/wrapping\/(?:unwrap|rewrap)$|^cubbyhole\//u;

const isOneTime = ({ path, engine }: Asked): boolean => engine === 'cubbyhole' || ONE_TIME.test(path);

/** A write makes something at each call, and so does the reading of a code. */
const madeByReading = ({ operation, engine }: Asked): boolean => operation === 'write' || engine === 'totp';

/** Seconds until the password of a static role (of databases, LDAP) is replaced, by period or by schedule. */
function rotationSeconds(data: ValueMap): number | undefined {
  const rotates = data.has('rotation_period') || data.has('rotation_schedule');
  return rotates ? secondsAt(data, 'ttl') : undefined;
}

/** Seconds until a secret without a lease ends by itself, if its fields say that it does. */
function endingSeconds(data: ValueMap, now: number): number | undefined {
  const expiration = secondsAt(data, 'expiration');
  // PKI without generate_lease.
  if (data.has('certificate') && expiration !== undefined) return expiration - now;
  const signed = stringAt(data, 'signed_key');
  const signedUntil = signed === undefined ? undefined : sshCertificateEnd(signed);
  if (signedUntil !== undefined) return signedUntil - now;
  // An identity token.
  if (data.has('token') && data.has('client_id')) return secondsAt(data, 'ttl');
  // A fresh secret id of AppRole.
  return data.has('secret_id') ? secondsAt(data, 'secret_id_ttl') || undefined : undefined;
}

/** What the server takes for a duration: a number of seconds, or numbers with units. */
const DURATION = /^(?:\d+|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+)$/u;

/** KV v1 lets a secret say itself, in the field `ttl` (once `lease`), how often it is to be read. */
function polled(body: ValueMap, data: ValueMap): Lifetime {
  const wish = data.get('ttl') ?? data.get('lease');
  const text = wish instanceof JsonNumber ? wish.token : wish;
  const seconds = secondsAt(body, 'lease_duration') ?? 0;
  const isAsked = typeof text === 'string' && DURATION.test(text) && seconds > 0;
  return isAsked ? { kind: 'polled', everyMs: seconds * 1000 } : { kind: 'polled' };
}
