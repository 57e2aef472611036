import { serveAdmin } from '#platform/admin.ts';
import type { Clock } from '#platform/clock.ts';
import { type Connection, createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import type { KubernetesError } from '#platform/kubernetes/errors.ts';
import { lead } from '#platform/kubernetes/lease.ts';
import type { Log } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { VERSION } from '#platform/version.ts';
import { withMetrics } from '../provider/instrument.ts';
import type { Providers } from '../provider/provider.ts';
import type { SyncConfig } from './config.ts';
import { keepSecrets, type Leading } from './lead.ts';
import { gauge } from './meters.ts';
import { SYNC_METRICS, type SyncMetrics } from './metrics.ts';

export interface SyncParts {
  readonly config: SyncConfig;
  readonly connection: Connection;
  readonly providers: Providers;
  /** This process among its replicas, now and ever. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
}

/**
 * Stands by until this replica leads, syncs while it does, and answers probes and Prometheus all the time.
 *
 * @throws {Error} With the system's code if the port cannot be had.
 */
export async function serveSync(parts: SyncParts): Promise<void> {
  const { config, connection, clock, log } = parts;
  const metrics = createMetrics(SYNC_METRICS);
  metrics.set('sidekey_sync_build_info', 1, { version: VERSION });
  let leading: Leading | undefined;
  metrics.onCollect(() => gauge(metrics, leading, clock.now()));
  const source = {
    metrics: () => metrics.expose(),
    unready: () => (leading?.cluster.synced === false ? 'Looking what Secrets there are' : undefined),
  };
  const admin = await serveAdmin(source, config.adminPort, config.adminAddress);
  const kubernetes = createKubernetes(connection);
  log.info({ port: admin.port, identity: parts.identity }, 'Standing by');
  try {
    await campaign(parts, { kubernetes, metrics }, (one) => {
      leading = one;
    });
  } finally {
    await kubernetes.close();
    await admin.close();
    log.info('Stopped');
  }
}

interface Tools {
  readonly kubernetes: Kubernetes;
  readonly metrics: SyncMetrics;
}

/** Works whenever the Lease is ours; `show` is told what is at work, and when nothing is. */
async function campaign(
  { config, identity, clock, random, log, stop, ...parts }: SyncParts,
  { kubernetes, metrics }: Tools,
  show: (leading: Leading | undefined) => void,
): Promise<void> {
  const providers = new Map(
    [...parts.providers].map(([name, one]) => [name, withMetrics(name, one, metrics, clock)]),
  );
  const { pollMs, leader } = config;
  const onFault = ({ reason, message }: KubernetesError): void => {
    metrics.increment('sidekey_sync_api_errors_total', { reason });
    log.warn({ reason, explanation: message }, 'Cannot reach for the lead');
  };
  const work = async (lost: AbortSignal): Promise<void> => {
    log.info('Leading');
    const works = { kubernetes, providers, pollMs, identity, clock, random, log, metrics };
    try {
      await keepSecrets(works, show, lost);
    } finally {
      show(undefined);
      log.info('No longer leading');
    }
  };
  await lead(kubernetes, { ...leader, identity, clock, random, onFault }, work, stop);
}
