import type { VaultStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { createAuthority } from '../http/authority.ts';
import type { Keepsake } from '../keepsake.ts';
import type { Provider, Session } from '../provider.ts';
import { createLogin } from './auth.ts';
import { borrow, createTokensInUse } from './borrowed-session.ts';
import { type Client, createClient } from './client.ts';
import { renew, revoke } from './lease.ts';
import { createMounts } from './mounts.ts';
import { readUnlessCurrent } from './read.ts';
import { createRequests } from './request.ts';
import { createVersions } from './versions.ts';

export interface VaultDependencies {
  readonly clock: Clock;
  /** Where a secret id stays that can be read only once. Absent where nothing survives the process. */
  readonly keepsake?: Keepsake;
}

/** Vault, or OpenBao, which speaks the same protocol. */
export function createVaultProvider(store: VaultStore, { clock, keepsake }: VaultDependencies): Provider {
  const authority = createAuthority(store);
  const client = createClient(store, clock, authority);
  const inUse = createTokensInUse(clock);
  const login = createLogin({
    client,
    store,
    isInUse: (token) => inUse.has(token),
    ...(keepsake && { keepsake }),
  });
  const begin = (token: Secret<string>, lifetime: Lifetime): Session => {
    const session = createSession(client, clock, token, lifetime);
    return store.auth.method === 'token_file' ? borrow(session, inUse) : session;
  };
  return {
    async login(signal) {
      const { token, lifetime } = await login(signal);
      return begin(token, lifetime);
    },
    resume: begin,
    authority,
  };
}

function createSession(client: Client, clock: Clock, token: Secret<string>, lifetime: Lifetime): Session {
  const requests = createRequests(client, token);
  // Known per session, so that a mount upgraded to KV v2 is noticed at the next login.
  const mounts = createMounts((path, signal) => requests.send({ method: 'GET', path }, signal));
  const isCurrent = createVersions({ requests, mounts });
  const reader = { requests, mounts, isCurrent, now: () => clock.now() };
  return {
    token,
    lifetime,
    read: (ref, signal, known) => readUnlessCurrent(reader, ref, known, signal),
    renew: (lease, signal) => renew(requests, lease, signal),
    revoke: (lease, signal) => revoke(requests, lease, signal),
  };
}
