import type { InfisicalStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { createAuthority } from '../http/authority.ts';
import type { Pauses } from '../http/pauses.ts';
import type { Lease, Provider, Session } from '../provider.ts';
import { type Grant, login } from './auth.ts';
import { type Client, createClient } from './client.ts';
import { createLeases, type Leases } from './leases.ts';
import { createProjects } from './projects.ts';
import { createRead, type Read } from './read.ts';
import { renewToken, revokeToken } from './token.ts';

export interface InfisicalDependencies {
  readonly clock: Clock;
  /** Of the process. */
  readonly pauses: Pauses;
}

/** Infisical, in the cloud or self-hosted. */
export function createInfisicalProvider(
  store: InfisicalStore,
  { clock, pauses }: InfisicalDependencies,
): Provider {
  const authority = createAuthority(store);
  const client = createClient(store, clock, pauses, authority);
  const now = (): number => clock.now();
  const parts: Parts = {
    client,
    read: createRead(client, createProjects(client, now), now),
    leases: createLeases(client, now),
  };
  return {
    login: async (signal) => new InfisicalSession(parts, await login(client, store, signal)),
    resume: (token, lifetime) => new InfisicalSession(parts, { token, lifetime }),
    authority,
  };
}

/** What all sessions at a server share. */
interface Parts {
  readonly client: Client;
  readonly read: Read;
  readonly leases: Leases;
}

/** A session whose token is replaced by each renewal: the old one lives on only to its own end. */
class InfisicalSession implements Session {
  readonly #parts: Parts;
  readonly lifetime: Lifetime;
  #token: Secret<string>;

  constructor(parts: Parts, { token, lifetime }: Grant) {
    this.#parts = parts;
    this.#token = token;
    this.lifetime = lifetime;
  }

  get token(): Secret<string> {
    return this.#token;
  }

  read: Session['read'] = (ref, signal) => {
    const { read, leases } = this.#parts;
    return ref.operation === 'write'
      ? leases.create(ref, this.#token, signal)
      : read(ref, this.#token, signal);
  };

  async renew(lease: Lease, signal: AbortSignal): Promise<Lifetime> {
    const { client, leases } = this.#parts;
    if (lease.kind === 'secret') return await leases.renew(lease.id, this.#token, signal);
    const { token, lifetime } = await renewToken(client, this.#token, signal);
    this.#token = token;
    return lifetime;
  }

  async revoke(lease: Lease, signal: AbortSignal): Promise<void> {
    const { client, leases } = this.#parts;
    if (lease.kind === 'secret') await leases.revoke(lease.id, this.#token, signal);
    else await revokeToken(client, this.#token, signal);
  }
}
