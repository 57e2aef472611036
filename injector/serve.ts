import { readFile } from 'node:fs/promises';
import { serveAdmin } from '#platform/admin.ts';
import { certificatesIn } from '#platform/certificates.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { review } from './admission/handler.ts';
import type { Settings } from './admission/settings.ts';
import type { InjectorConfig } from './config.ts';
import { createInjectorMetrics, type InjectorMetrics } from './metrics.ts';
import { type KeyPair, KeyPairError, loadKeyPair, watchKeyPair } from './server/certificate.ts';
import { createExchange } from './server/exchange.ts';
import { serveWebhook, type Webhook } from './server/https.ts';
import { Load } from './server/load.ts';

export interface Parts {
  readonly config: InjectorConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the process is to end. */
  readonly stop: AbortSignal;
}

/** What the process says of itself; it serves nothing while there is a reason not to. */
interface Health {
  unready: string | undefined;
}

/** How long a certificate that is not there is waited for before it is looked for again. */
const RETRY_MS = 1000;
/** Twice what the API server waits for an answer. */
const LAST_REQUESTS_MS = 10_000;

/**
 * Serves the webhook until the process is asked to end, and then until the last request is answered.
 *
 * @throws {Error} If a port or a store's CA file cannot be had.
 * @throws {Terminated} If the process is asked to end before the certificate is there.
 */
export async function serve(parts: Parts): Promise<void> {
  const { config, log, stop } = parts;
  const load = new Load();
  const metrics = createInjectorMetrics(load);
  const health: Health = { unready: 'The certificate is not loaded' };
  const source = { metrics: () => metrics.expose(), unready: () => health.unready };
  const admin = await serveAdmin(source, config.adminPort, config.listen.address);
  try {
    const keyPair = await awaitKeyPair(parts, health);
    const webhook = await startWebhook(parts, { keyPair, load, metrics });
    const stopWatching = await watchCertificate(parts, { keyPair, webhook, metrics });
    health.unready = undefined;
    log.info({ port: webhook.port, admin_port: admin.port, not_after: keyPair.notAfter }, 'Serving');
    await aborted(stop);
    health.unready = 'Shutting down';
    await drain(webhook, parts);
    await stopWatching();
  } finally {
    await admin.close();
  }
}

/** The key pair, once it is there and whole: it may come after the process. */
async function awaitKeyPair({ config, clock, log, stop }: Parts, health: Health): Promise<KeyPair> {
  for (;;) {
    try {
      return await loadKeyPair(config.keyPairFiles);
    } catch (error) {
      if (!(error instanceof KeyPairError)) throw error;
      if (health.unready !== error.message)
        log.warn({ reason: error.message }, 'Waiting for the certificate');
      health.unready = error.message;
    }
    await clock.sleep(RETRY_MS, stop);
  }
}

interface Foundation {
  readonly keyPair: KeyPair;
  readonly load: Load;
  readonly metrics: InjectorMetrics;
}

async function startWebhook({ config, log }: Parts, foundation: Foundation): Promise<Webhook> {
  const { metrics } = foundation;
  const settings = await completeSettings(config);
  return await serveWebhook({
    ...config.listen,
    ...foundation,
    answer: createExchange({ decide: (request) => review(request, settings), metrics, log }),
    refused: ({ reason, message }) => {
      metrics.increment('sidekey_injector_requests_total', { result: 'refused', reason });
      log.warn({ reason, explanation: message }, 'Refused a request');
    },
  });
}

/** The settings with the authorities of the stores, which agents get as text. */
async function completeSettings({ settings, caFiles }: InjectorConfig): Promise<Settings> {
  const { vault, infisical } = settings;
  const [vaultCa, infisicalCa] = await Promise.all([caFiles.vault, caFiles.infisical].map(readAuthorities));
  return {
    ...settings,
    ...(vault && { vault: { ...vault, ...vaultCa } }),
    ...(infisical && { infisical: { ...infisical, ...infisicalCa } }),
  };
}

async function readAuthorities(file: string | undefined): Promise<{ readonly caPem?: string }> {
  if (file === undefined) return {};
  const caPem = certificatesIn(await readFile(file, 'utf8'));
  if (caPem === undefined) throw new Error(`Cannot use ${file}: it holds no certificate in PEM form`);
  return { caPem };
}

interface Certified {
  readonly keyPair: KeyPair;
  readonly webhook: Webhook;
  readonly metrics: InjectorMetrics;
}

async function watchCertificate(
  { config, log }: Parts,
  { keyPair, webhook, metrics }: Certified,
): Promise<() => Promise<void>> {
  const note = ({ notAfter }: KeyPair): void =>
    metrics.set('sidekey_injector_cert_not_after_timestamp_seconds', notAfter.getTime() / 1000);
  note(keyPair);
  return await watchKeyPair({
    files: config.keyPairFiles,
    current: keyPair,
    log,
    replaced: (next) => {
      webhook.replaceKeyPair(next);
      note(next);
    },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Goes on taking requests until nobody sends any, then answers the last. */
async function drain(webhook: Webhook, { config, clock, log }: Parts): Promise<void> {
  log.info('Draining');
  webhook.sendAway();
  await clock.sleep(config.drainDelayMs, new AbortController().signal);
  await webhook.close(LAST_REQUESTS_MS);
  log.info('Stopped');
}
