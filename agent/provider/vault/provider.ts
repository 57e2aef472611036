import type { VaultStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import type { Provider, Session } from '../provider.ts';
import { login } from './auth.ts';
import { type Client, createClient } from './client.ts';
import { renew, revoke } from './lease.ts';
import { createMounts } from './mounts.ts';
import { read } from './read.ts';
import { createRequests } from './request.ts';

export interface VaultDependencies {
  readonly clock: Clock;
}

/** Vault, or OpenBao, which speaks the same protocol. */
export function createVaultProvider(store: VaultStore, { clock }: VaultDependencies): Provider {
  const client = createClient(store, clock);
  return {
    async login(signal) {
      const { token, lifetime } = await login(client, store, signal);
      return createSession(client, clock, token, lifetime);
    },
    resume: (token, lifetime) => createSession(client, clock, token, lifetime),
  };
}

function createSession(client: Client, clock: Clock, token: Secret<string>, lifetime: Lifetime): Session {
  const requests = createRequests(client, token);
  // Known per session, so that a mount upgraded to KV v2 is noticed at the next login.
  const mounts = createMounts((path, signal) => requests.send({ method: 'GET', path }, signal));
  const reader = { requests, mounts, now: () => clock.now() };
  return {
    token,
    lifetime,
    read: (ref, signal) => read(reader, ref, signal),
    renew: (lease, signal) => renew(requests, lease, signal),
    revoke: (lease, signal) => revoke(requests, lease, signal),
  };
}
