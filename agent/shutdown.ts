import type { Log } from '#platform/log.ts';
import { ProviderError } from './provider/errors.ts';
import { isAlive } from './schedule/sessions.ts';
import type { AgentState } from './schedule/state.ts';
import { allSessions } from './schedule/stores.ts';

/** The kubelet waits 30 s by default before it kills: a store that does not answer must not use them up. */
const REVOKE_DEADLINE_MS = 5000;

/**
 * Revokes every token that is still alive, and with them their leases. A store that refuses (the policy may not allow it)
 * or does not answer is noted: the token then ends by itself.
 */
export async function revokeTokens(state: AgentState, log: Log, now: number): Promise<void> {
  const alive = allSessions(state).filter((session) => isAlive(session, now));
  const signal = AbortSignal.timeout(REVOKE_DEADLINE_MS);
  await Promise.all(
    alive.map(async ({ store, session }) => {
      try {
        await session.revoke({ kind: 'token' }, signal);
        log.info({ store }, 'Revoked the session');
      } catch (error) {
        const code = error instanceof ProviderError ? error.code : 'timeout';
        log.warn({ store, code }, 'Cannot revoke the session: it ends by itself');
      }
    }),
  );
}
