import type { Log } from '#platform/log.ts';
import { ProviderError } from './provider/errors.ts';
import type { Lease, StoreName } from './provider/provider.ts';
import { lastingLeases } from './schedule/leases.ts';
import { isAlive } from './schedule/sessions.ts';
import type { AgentState, SessionState } from './schedule/state.ts';
import { allSessions } from './schedule/stores.ts';

/** The kubelet waits 30 s by default before it kills: a store that does not answer must not use them up. */
const REVOKE_DEADLINE_MS = 5000;
/** What is left of it then is for the tokens. */
const LEASE_DEADLINE_MS = 3000;

/** Revokes under a session. */
type Revoke = (session: SessionState, lease: Lease) => Promise<void>;

/**
 * Revokes the leases that would outlive their tokens, then every token that is still alive, and with them the other leases.
 * A store that refuses (the policy may not allow it) or does not answer is noted: what it has granted then ends by itself.
 */
export async function revokeTokens(state: AgentState, log: Log, now: number): Promise<void> {
  const alive = allSessions(state).filter((session) => isAlive(session, now));
  const revoking = {
    leases: revokeWithin(LEASE_DEADLINE_MS, log, 'lease'),
    tokens: revokeWithin(REVOKE_DEADLINE_MS, log, 'session'),
  };
  const lasting = lastingLeases(state, now);
  await Promise.all(
    [...state.stores.keys()].map(async (store) => {
      const sessions = alive.filter((session) => session.store === store);
      const own = lasting.filter((lease) => lease.store === store);
      // The last one is that in use, if there is one.
      const session = sessions.at(-1);
      if (session)
        await Promise.all(
          own.map(({ leaseId }) => revoking.leases(session, { kind: 'secret', id: leaseId })),
        );
      else if (own.length > 0) noteLeft(log, store, own.length);
      await Promise.all(sessions.map((one) => revoking.tokens(one, { kind: 'token' })));
    }),
  );
}

function noteLeft(log: Log, store: StoreName, leases: number): void {
  log.warn({ store, leases }, 'Cannot revoke the leases without a session: they end by themselves');
}

function revokeWithin(ms: number, log: Log, what: 'lease' | 'session'): Revoke {
  const signal = AbortSignal.timeout(ms);
  return async ({ store, session }, lease) => {
    try {
      await session.revoke(lease, signal);
      log.info({ store }, `Revoked the ${what}`);
    } catch (error) {
      const code = error instanceof ProviderError ? error.code : 'timeout';
      log.warn({ store, code }, `Cannot revoke the ${what}: it ends by itself`);
    }
  };
}
