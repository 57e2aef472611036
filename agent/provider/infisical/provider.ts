import type { InfisicalStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import type { Pauses } from '../http/pauses.ts';
import type { Lease, Provider, Session } from '../provider.ts';
import { type Grant, login } from './auth.ts';
import { type Client, createClient } from './client.ts';
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
  const client = createClient(store, clock, pauses);
  const now = (): number => clock.now();
  const read = createRead(client, createProjects(client, now), now);
  return {
    login: async (signal) => new InfisicalSession(client, read, await login(client, store, signal)),
    resume: (token, lifetime) => new InfisicalSession(client, read, { token, lifetime }),
  };
}

/** A session whose token is replaced by each renewal: the old one lives on only to its own end. */
class InfisicalSession implements Session {
  readonly #client: Client;
  readonly #read: Read;
  readonly lifetime: Lifetime;
  #token: Secret<string>;

  constructor(client: Client, read: Read, { token, lifetime }: Grant) {
    this.#client = client;
    this.#read = read;
    this.#token = token;
    this.lifetime = lifetime;
  }

  get token(): Secret<string> {
    return this.#token;
  }

  read: Session['read'] = (ref, signal) => this.#read(ref, this.#token, signal);

  async renew(lease: Lease, signal: AbortSignal): Promise<Lifetime> {
    if (lease.kind === 'secret') throw noLeases();
    const { token, lifetime } = await renewToken(this.#client, this.#token, signal);
    this.#token = token;
    return lifetime;
  }

  async revoke(lease: Lease, signal: AbortSignal): Promise<void> {
    if (lease.kind === 'secret') throw noLeases();
    await revokeToken(this.#client, this.#token, signal);
  }
}

/** Nothing that is read of Infisical has a lease. */
const noLeases = (): ProviderError =>
  new ProviderError('lease_gone', 'Cannot renew a lease of Infisical: there is none');
