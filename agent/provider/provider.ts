import type { Authority } from './http/authority.ts';
import type { Lifetime } from '../schedule/lifetime.ts';
import type { Secret } from '../secret.ts';
import type { ValueMap } from '../value/value.ts';

/** Closed, for it labels metrics. */
export const STORES = ['vault', 'infisical'] as const;
export type StoreName = (typeof STORES)[number];

/** What a template asks a store for. */
export interface SecretRef {
  readonly store: StoreName;
  readonly operation: 'read' | 'write' | 'list';
  /**
   * Without leading or trailing slashes. Of Vault, it may carry a query, such as `secret/data/app?version=3`; of
   * Infisical, it is `<project>/<environment>/<folders>`.
   */
  readonly path: string;
  /**
   * Of Vault, the body of a write, as given in the template (`k=v`); of Infisical, the options. A write to Infisical is a
   * lease of the dynamic secret named here.
   */
  readonly parameters: Readonly<Record<string, string>>;
}

const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** Two references are one secret if their keys are equal. */
export function refKey(ref: SecretRef): string {
  return JSON.stringify([ref.store, ref.operation, ref.path, Object.entries(ref.parameters).toSorted(byKey)]);
}

/** A lease of a store: the session's own token, or that of one secret. */
export type Lease = { readonly kind: 'token' } | { readonly kind: 'secret'; readonly id: string };

/** One answer: the whole body as the store sent it (for Vault: `data`, `lease_id`, …) and how long it is good for. */
export interface Reading {
  readonly value: Secret<ValueMap>;
  readonly lifetime: Lifetime;
  /** Absent if the secret has no lease. */
  readonly leaseId?: string;
  /** What is odd about the answer, for a person to look into; never a value. */
  readonly warnings?: readonly string[];
}

/**
 * A login that succeeded. Leases made through a session end with it, unless their lifetime says that they last.
 * Every method throws `ProviderError`, or the signal's reason when aborted.
 */
export interface Session {
  /** Enough to go on with this session after a restart of the agent. A renewal may replace it. */
  readonly token: Secret<string>;
  /** The token's, as granted. */
  readonly lifetime: Lifetime;
  /**
   * @param known The last answer. A store that can tell that it is still right without reading the secret gives it back.
   */
  read(ref: SecretRef, signal: AbortSignal, known?: Secret<ValueMap>): Promise<Reading>;
  renew(lease: Lease, signal: AbortSignal): Promise<Lifetime>;
  revoke(lease: Lease, signal: AbortSignal): Promise<void>;
}

/** The stores of an agent. */
export type Providers = ReadonlyMap<StoreName, Provider>;

/** A store that can be logged in to: what the loop needs, not what the store offers. */
export interface Provider {
  login(signal: AbortSignal): Promise<Session>;
  /** Goes on with a session that an earlier process of this agent began; asks the store nothing. */
  resume(token: Secret<string>, lifetime: Lifetime): Session;
  /** Who vouches for the store, if connections to it depend on that. */
  readonly authority?: Authority;
}
