import { oldestConfirmation } from '../schedule/outlook.ts';
import type { Leading } from './lead.ts';
import { SECRET_STATES, type SyncMetrics } from './metrics.ts';

/** Sets the gauges to what a leader sees, at a moment in milliseconds since the epoch; a replica that stands by sees nothing. */
export function gauge(metrics: SyncMetrics, leading: Leading | undefined, now: number): void {
  const states = [...(leading?.cluster.secrets.values() ?? [])].map(({ state }) => state);
  for (const state of SECRET_STATES)
    metrics.set('sidekey_sync_secrets', states.filter((one) => one === state).length, { state });
  metrics.set('sidekey_sync_leader', leading ? 1 : 0);
  metrics.set('sidekey_sync_sources', leading?.wishes.all().length ?? 0);
  metrics.set('sidekey_sync_queue_depth', leading?.queue.depth ?? 0);
  metrics.set('sidekey_sync_secret_age_seconds', leading ? ageOf(leading, now) : 0);
}

const ageOf = ({ engine }: Leading, now: number): number =>
  (now - (oldestConfirmation(engine.state) ?? now)) / 1000;
