import type { Clock } from '#platform/clock.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { KubernetesReason } from '#platform/kubernetes/errors.ts';
import { createRecorder } from '#platform/kubernetes/event.ts';
import type { RecorderTools } from '#platform/kubernetes/event-delivery.ts';
import type { WatchTools } from '#platform/kubernetes/watch.ts';
import type { Log } from '#platform/log.ts';
import type { Providers } from '../provider/provider.ts';
import { type Cluster, watchCluster } from './cluster.ts';
import type { SyncMetrics } from './metrics.ts';
import { Pace } from './pace.ts';
import { reconcile, type Surroundings } from './reconcile.ts';
import { startStoreEngine, type StoreEngine } from './store-engine.ts';
import { createTeller } from './teller.ts';
import { createWishes, type Wishes } from './wishes.ts';
import { type Outcome, WorkQueue } from './work-queue.ts';

export interface LeadParts {
  readonly kubernetes: Kubernetes;
  readonly providers: Providers;
  readonly pollMs: number;
  /** This process among its replicas. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: SyncMetrics;
}

/** What can be seen of a leader at work. */
export interface Leading {
  readonly cluster: Cluster;
  readonly engine: StoreEngine;
  readonly queue: WorkQueue;
  readonly wishes: Wishes;
}

/** As many requests as the client has under way at a time. */
const CONCURRENCY = 8;

/**
 * Keeps every Secret of the cluster that asks for it in line with the stores, until the signal is aborted. `began` is shown
 * the works, for probes and metrics.
 *
 * @throws {unknown} The signal's reason, in the end.
 */
export async function keepSecrets(
  parts: LeadParts,
  began: (leading: Leading) => void,
  signal: AbortSignal,
): Promise<void> {
  const { kubernetes, clock, random, log, metrics } = parts;
  const tools = toolsOf(parts);
  const recorder = createRecorder(kubernetes, { component: NAME, instance: parts.identity }, tools);
  const wishes = createWishes();
  const work = async (key: string, since: number): Promise<Outcome> => {
    const outcome = await reconcile(around, key);
    if (outcome.done) metrics.observe('sidekey_sync_apply_delay_seconds', (clock.now() - since) / 1000);
    return outcome;
  };
  const queue = new WorkQueue({ work, concurrency: CONCURRENCY, clock, random });
  const changed = (keys: readonly string[]): void => {
    for (const key of keys) queue.add(key);
  };
  const engine = startStoreEngine({ ...parts, wishes, changed }, signal);
  const pace = new Pace((key) => queue.add(key), clock, signal);
  const cluster = watchCluster(kubernetes, (key) => pace.tell(key), tools, signal);
  const teller = createTeller(kubernetes, recorder, log);
  const around: Surroundings = { kubernetes, cluster, engine, wishes, teller, metrics, log, signal };
  began({ cluster, engine, queue, wishes });
  try {
    await Promise.all([cluster.end, engine.end]);
  } finally {
    await queue.close();
    await recorder.close();
  }
}

const NAME = 'sidekey-sync';

/** What watches and Events want: each fault they meet is counted. */
function toolsOf({ clock, random, metrics }: LeadParts): WatchTools & RecorderTools {
  const count = (reason: KubernetesReason): void =>
    metrics.increment('sidekey_sync_api_errors_total', { reason });
  return { clock, random, onRestart: count, onLost: (reason) => reason !== 'full' && count(reason) };
}
