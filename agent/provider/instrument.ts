import type { Clock } from '#platform/clock.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Operation, STORE_METRICS } from '../metrics.ts';
import { type FailureCode, ProviderError } from './errors.ts';
import type { Provider, Session, StoreName } from './provider.ts';

/** Answers that say that the store itself is not at work. */
const DOWN: ReadonlySet<FailureCode> = new Set(['unreachable', 'timeout', 'sealed', 'server_error']);

/** A store's provider, with every request counted, timed and, if it failed, counted by reason. */
export function withMetrics(
  store: StoreName,
  provider: Provider,
  metrics: Pick<Metrics<typeof STORE_METRICS>, 'increment' | 'set' | 'observe'>,
  clock: Pick<Clock, 'now'>,
): Provider {
  const up = (value: 0 | 1): void => metrics.set('sidekey_agent_store_up', value, { store });
  const measured = async <T>(operation: Operation, request: Promise<T>): Promise<T> => {
    const begin = clock.now();
    metrics.increment('sidekey_agent_store_requests_total', { operation });
    try {
      const answer = await request;
      up(1);
      return answer;
    } catch (error) {
      if (error instanceof ProviderError) {
        metrics.increment('sidekey_agent_store_errors_total', { reason: error.code });
        up(DOWN.has(error.code) ? 0 : 1);
      }
      throw error;
    } finally {
      metrics.observe('sidekey_agent_store_request_seconds', (clock.now() - begin) / 1000);
    }
  };
  const wrapped = (session: Session): Session => ({
    get token() {
      return session.token;
    },
    lifetime: session.lifetime,
    read: (ref, signal, known) => measured('read', session.read(ref, signal, known)),
    renew: (lease, signal) => measured('renew', session.renew(lease, signal)),
    revoke: (lease, signal) => measured('revoke', session.revoke(lease, signal)),
  });
  return {
    login: async (signal) => wrapped(await measured('login', provider.login(signal))),
    resume: (token, lifetime) => wrapped(provider.resume(token, lifetime)),
  };
}
