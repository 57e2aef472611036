import { serveAdmin } from '#platform/admin.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { type Adoption, createAdoption } from './certificate/adoption.ts';
import type { Cluster } from './cluster/join.ts';
import type { InjectorConfig } from './config.ts';
import { createDecider } from './decider.ts';
import { createInjectorMetrics, type InjectorMetrics } from './metrics.ts';
import { type KeyPair, offerKeyPairs } from './server/certificate.ts';
import { serveWebhook, type Webhook } from './server/https.ts';
import { Load } from './server/load.ts';
import { guardLoop, type LoopGuard } from './server/loop-lag.ts';
import { completeSettings } from './stores.ts';
import { type Health, unreadiness } from './unreadiness.ts';

export interface Parts {
  readonly config: InjectorConfig;
  /** Of the process, where a pod is told where its API server is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Aborted when the process is to end. */
  readonly stop: AbortSignal;
}

/** Twice what the API server waits for an answer. */
const LAST_REQUESTS_MS = 10_000;

/**
 * Serves the webhook until the process is asked to end, and then until the last request is answered.
 *
 * @throws {Error} If a port or a store's CA file cannot be had, or the API server cannot be asked at all.
 * @throws {Terminated} If the process is asked to end before the certificate is there.
 */
export async function serve(parts: Parts): Promise<void> {
  const { config } = parts;
  const load = new Load();
  const guard = guardLoop();
  const metrics = createInjectorMetrics(load);
  const settings = await completeSettings(config);
  const health: Health = { waiting: waitingFor(config), leaving: false };
  const changed = (): void => certified.adoption.look();
  const cluster = await join(parts, metrics, changed);
  const certified = certify(parts, cluster, metrics);
  const { adoption } = certified;
  metrics.onCollect(() => collect(metrics, adoption, cluster));
  const source = {
    metrics: () => metrics.expose(),
    unready: () => unreadiness({ health, adoption, cluster, guard }),
  };
  const admin = await serveAdmin(source, config.adminPort, config.listen.address);
  try {
    const stopOffering = await offer(parts, { adoption, health, cluster, metrics });
    try {
      const keyPair = await unlessStopped(certified.first, parts.stop);
      const decider = createDecider({ ...parts, settings, cluster, metrics });
      const webhook = await serveWebhook({ ...config.listen, ...decider, keyPair, load });
      certified.attach(webhook);
      health.waiting = undefined;
      const { port } = webhook;
      parts.log.info({ port, admin_port: admin.port, not_after: keyPair.notAfter }, 'Serving');
      await aborted(parts.stop);
      health.leaving = true;
      await drain(webhook, parts);
    } finally {
      // A watch of files would keep the process for ever.
      await stopOffering();
    }
  } finally {
    await shutDown(guard, cluster);
    await admin.close();
  }
}

const waitingFor = ({ cluster, keyPairFiles }: InjectorConfig): string =>
  keyPairFiles === undefined && cluster !== undefined
    ? `Waiting for the certificate in the Secret ${cluster.certificates.secret}: the log of the injector that leads says what is in the way`
    : 'Waiting for the certificate';

/** Loaded only where there is an API server to talk to. */
async function join(
  { config, ...parts }: Parts,
  metrics: InjectorMetrics,
  changed: () => void,
): Promise<Cluster | undefined> {
  if (config.cluster === undefined) return undefined;
  const { joinCluster } = await import('./cluster/join.ts');
  return joinCluster({ ...parts, config: config.cluster, metrics }, changed);
}

interface Certified {
  readonly adoption: Adoption;
  /** The first key pair there is. */
  readonly first: Promise<KeyPair>;
  /** From now on each further one goes there. */
  attach(webhook: Webhook): void;
}

/** Serves one key pair after the other, each when the API server trusts it. */
function certify(
  { clock, log, stop }: Parts,
  cluster: Cluster | undefined,
  metrics: InjectorMetrics,
): Certified {
  const first = Promise.withResolvers<KeyPair>();
  let webhook: Webhook | undefined;
  const adoption = createAdoption({
    bundles: () => cluster?.configurations.bundles,
    clock,
    signal: stop,
    serve(pair) {
      metrics.set('sidekey_injector_cert_not_after_timestamp_seconds', pair.notAfter.getTime() / 1000);
      log.info({ not_after: pair.notAfter }, 'Replaced the certificate');
      first.resolve(pair);
      webhook?.replaceKeyPair(pair);
    },
  });
  return {
    adoption,
    first: first.promise,
    attach(served) {
      webhook = served;
      // Another may have come while the port was opened.
      if (adoption.serving !== undefined) served.replaceKeyPair(adoption.serving);
    },
  };
}

interface Offering {
  readonly adoption: Adoption;
  readonly health: Health;
  readonly cluster: Cluster | undefined;
  readonly metrics: InjectorMetrics;
}

/** Has key pairs offered from where they come from: files, or the Secret that the injectors keep together. */
async function offer(
  { config, clock, log, stop }: Parts,
  { adoption, health, cluster, metrics }: Offering,
): Promise<() => Promise<void>> {
  const { keyPairFiles: files } = config;
  if (files === undefined) {
    cluster?.shareCertificates((pair) => adoption.offer(pair));
    return () => Promise.resolve();
  }
  return await offerKeyPairs({
    files,
    clock,
    log,
    stop,
    offered: (pair) => adoption.offer(pair),
    waits: (reason) => {
      health.waiting = reason;
    },
    loaded: (isGood) => metrics.set('sidekey_injector_config_last_reload_success', isGood ? 1 : 0),
  });
}

/** @throws {unknown} The signal's reason, if it is aborted before. */
async function unlessStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  const stopped = aborted(stop).then(() => {
    throw stop.reason;
  });
  return await Promise.race([promise, stopped]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function collect(metrics: InjectorMetrics, adoption: Adoption, cluster: Cluster | undefined): void {
  metrics.set('sidekey_injector_ca_bundle_in_sync', adoption.trusted ? 1 : 0);
  metrics.set('sidekey_injector_namespaces', cluster?.namespaces.size ?? 0);
}

/** Goes on taking requests until nobody sends any, then answers the last. */
async function drain(webhook: Webhook, { config, clock, log }: Parts): Promise<void> {
  log.info('Draining');
  webhook.sendAway();
  await clock.sleep(config.drainDelayMs, new AbortController().signal);
  await webhook.close(LAST_REQUESTS_MS);
  log.info('Stopped');
}

async function shutDown(guard: LoopGuard, cluster: Cluster | undefined): Promise<void> {
  guard.stop();
  await cluster?.close();
}
