import { ProviderError } from '../../../agent/provider/errors.ts';
import type { Reading, SecretRef } from '../../../agent/provider/provider.ts';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { Secret } from '../../../agent/secret.ts';
import { JsonNumber, type Value, type ValueMap } from '../../../agent/value/value.ts';

/** What a store grants for one kind of secret. Milliseconds. */
export interface Terms {
  readonly ttlMs: number;
  readonly maxTtlMs: number;
  readonly renewable: boolean;
}

export type SecretSpec =
  | { readonly kind: 'kv' }
  | ({ readonly kind: 'leased'; readonly lasting: boolean } & Terms)
  | { readonly kind: 'expiring'; readonly ttlMs: number }
  /** Replaced once in a period, so late after the time that the store names. */
  | ({ readonly kind: 'rotating' } & Rotation);

export interface Rotation {
  readonly periodMs: number;
  readonly lateMs: number;
}

/** How often a secret has been replaced since the epoch. */
export const rotationsAt = ({ periodMs, lateMs }: Rotation, now: number): number =>
  Math.floor((now - lateMs) / periodMs);

interface Grant {
  readonly id: string;
  readonly terms: Terms;
  readonly bornAt: number;
  expiresAt: number;
  /** The token that made it and that it ends with; undefined for a token, and for a lease that lasts. */
  readonly token: string | undefined;
  readonly kind: 'token' | 'lease';
}

/**
 * A store as a model: no time but what it is told, no I/O. Leases end with their token, as in Vault, and are cut at their
 * maximum; or they last, as in Infisical, and what would pass their maximum is refused.
 */
export class ModelStore {
  readonly token: Terms;
  readonly secrets: ReadonlyMap<string, SecretSpec>;
  readonly grants = new Map<string, Grant>();
  logins = 0;
  version = 0;
  readonly #prefix: string;
  #serial = 0;

  /** @param prefix Of the ids it grants, which are never those of another store. */
  constructor(token: Terms, secrets: ReadonlyMap<string, SecretSpec>, prefix = '') {
    this.token = token;
    this.secrets = secrets;
    this.#prefix = prefix;
  }

  login(now: number): { token: string; lifetime: Lifetime } {
    this.logins += 1;
    const grant = this.#grant('token', this.token, now, undefined);
    return { token: grant.id, lifetime: this.#lifetime(grant, now) };
  }

  read(token: string, { path }: SecretRef, now: number): Reading {
    this.#authenticate(token, now);
    const spec = this.secrets.get(path);
    if (!spec) throw new ProviderError('not_found', `Cannot read ${path}: nothing there`);
    const answer = (body: string): Secret<ValueMap> => new Secret(new Map([['data', body]]));
    if (spec.kind === 'kv') return { value: answer(`${path} ${this.version}`), lifetime: { kind: 'polled' } };
    if (spec.kind === 'expiring')
      return { value: answer(String(now)), lifetime: { kind: 'expiring', ttlMs: spec.ttlMs } };
    if (spec.kind === 'rotating') return rotating(spec, now);
    const lease = this.#grant('lease', spec, now, spec.lasting ? undefined : token);
    return { value: answer(lease.id), lifetime: this.#lifetime(lease, now), leaseId: lease.id };
  }

  renew(token: string, id: string, now: number): Lifetime {
    this.#authenticate(token, now);
    const grant = this.grants.get(id);
    if (!grant?.terms.renewable || !this.isAlive(id, now))
      throw new ProviderError('lease_gone', 'Cannot renew: it has ended');
    const [wanted, most] = [now + grant.terms.ttlMs, grant.bornAt + grant.terms.maxTtlMs];
    if (isLasting(grant) && wanted > most) throw new ProviderError('lease_gone', 'Cannot renew: no longer');
    grant.expiresAt = Math.min(wanted, most);
    return this.#lifetime(grant, now);
  }

  isAlive(id: string, now: number): boolean {
    const grant = this.grants.get(id);
    if (!grant || now >= grant.expiresAt) return false;
    return grant.token === undefined || this.isAlive(grant.token, now);
  }

  /** What is left of a lease's life, its token's end included, as a share of what was granted at first. */
  shareLeft(id: string, now: number): number {
    const grant = this.grants.get(id);
    return grant ? (grant.expiresAt - now) / grant.terms.ttlMs : 0;
  }

  #authenticate(token: string, now: number): void {
    if (!this.isAlive(token, now))
      throw new ProviderError('token_invalid', 'Cannot go on: the token has ended');
  }

  /** How many leases of a secret were made. */
  leasesOf(path: string): number {
    return [...this.grants.values()].filter(({ terms }) => terms === this.secrets.get(path)).length;
  }

  #grant(kind: Grant['kind'], terms: Terms, now: number, token: string | undefined): Grant {
    this.#serial += 1;
    const expiresAt = now + Math.min(terms.ttlMs, terms.maxTtlMs);
    const grant = {
      id: `${this.#prefix}${kind}-${this.#serial}`,
      kind,
      terms,
      bornAt: now,
      expiresAt,
      token,
    };
    this.grants.set(grant.id, grant);
    return grant;
  }

  #lifetime(grant: Grant, now: number): Lifetime {
    const { renewable } = grant.terms;
    const lasting = isLasting(grant) ? ({ lasting: true } as const) : {};
    return { kind: 'leased', ttlMs: grant.expiresAt - now, renewable, ...lasting };
  }
}

/** The store names the time that is left in whole seconds, and none while it is late. */
function rotating(spec: Rotation, now: number): Reading {
  const count = rotationsAt(spec, now);
  const seconds = Math.max(0, Math.round(((count + 1) * spec.periodMs - now) / 1000));
  const data = new Map<string, Value>([
    ['password', `password ${count}`],
    ['ttl', new JsonNumber(String(seconds))],
  ]);
  const lifetime = { kind: 'rotating', ttlMs: seconds * 1000 } as const;
  return { value: new Secret(new Map([['data', data]])), lifetime };
}

const isLasting = ({ kind, token }: Grant): boolean => kind === 'lease' && token === undefined;

/** A reproducible source of chance (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
