import type { Lifetime } from '../../schedule/lifetime.ts';
import { mapAt, numberAt, stringAt, type ValueMap } from '../../value/value.ts';

/** A static role's password is replaced when its ttl ends; a second later the new one can be read. */
const AFTER_ROTATION_S = 1;

/**
 * How long a token is good for, from the `auth` part of a login or a renewal.
 * A duration of zero means that it never ends (root tokens, tokens of periodless `ttl=0` roles).
 */
export function tokenLifetime(auth: ValueMap): Lifetime {
  const seconds = numberAt(auth, 'lease_duration') ?? 0;
  if (seconds === 0) return { kind: 'static' };
  return { kind: 'leased', ttlMs: seconds * 1000, renewable: auth.get('renewable') === true };
}

/** How long a lease is good for, from the answer to its creation or renewal. */
export function leaseLifetime(body: ValueMap): Lifetime {
  const seconds = numberAt(body, 'lease_duration') ?? 0;
  return { kind: 'leased', ttlMs: seconds * 1000, renewable: body.get('renewable') === true };
}

/**
 * How long a secret is good for. A `lease_duration` without a `lease_id` is no lease: KV v1 sends its engine's default
 * there, which says nothing about when the value changes.
 */
export function secretLifetime(body: ValueMap, now: number): Lifetime {
  const hasLease = leaseIdOf(body) !== undefined && (numberAt(body, 'lease_duration') ?? 0) > 0;
  if (hasLease) return leaseLifetime(body);
  // A token that was made by a read is a child of the session's: it, too, ends with that one.
  const auth = mapAt(body, 'auth');
  const tokenSeconds = (auth && numberAt(auth, 'lease_duration')) ?? 0;
  if (tokenSeconds > 0) return { kind: 'leased', ttlMs: tokenSeconds * 1000, renewable: false };
  const data = mapAt(body, 'data');
  const seconds = data && endingSeconds(data, now);
  return seconds === undefined
    ? { kind: 'polled' }
    : { kind: 'expiring', ttlMs: Math.max(0, seconds * 1000) };
}

/** The id of the lease, if the secret has one. */
export function leaseIdOf(body: ValueMap): string | undefined {
  const id = stringAt(body, 'lease_id');
  return id === '' ? undefined : id;
}

/** Seconds until a secret without a lease ends by itself, if its fields say that it does. */
function endingSeconds(data: ValueMap, now: number): number | undefined {
  const ttl = numberAt(data, 'ttl');
  // Static database and LDAP roles, by period or by cron schedule.
  const rotates = data.has('rotation_period') || data.has('rotation_schedule');
  if (rotates && ttl !== undefined) return ttl + AFTER_ROTATION_S;
  const expiration = numberAt(data, 'expiration');
  // PKI without generate_lease.
  if (data.has('certificate') && expiration !== undefined) return expiration - now / 1000;
  // A fresh secret id of AppRole.
  return data.has('secret_id') ? numberAt(data, 'secret_id_ttl') || undefined : undefined;
}
