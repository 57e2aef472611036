import { annotationsIn, type JsonObject } from '#contract/json.ts';
import { asksForSync, FIELD_MANAGER } from '#contract/secret-sync.ts';
import type { Log } from '#platform/log.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import { versionOf } from '#platform/kubernetes/metadata.ts';
import { type Assessment, assess, isWaiting, wantedFor } from './decide/assess.ts';
import type { Cluster } from './cluster.ts';
import type { Edition } from './decide/edition.ts';
import type { SecretRef } from '../provider/provider.ts';
import type { SyncMetrics } from './metrics.ts';
import type { StoreEngine } from './store-engine.ts';
import type { Teller } from './teller.ts';
import { secretPath, type TrackedSecret } from './tracked.ts';
import type { Wishes } from './wishes.ts';
import { DONE, type Outcome } from './work-queue.ts';

/** What is known of the cluster, and how to change it. */
export interface Surroundings {
  readonly kubernetes: Kubernetes;
  readonly cluster: Cluster;
  readonly engine: StoreEngine;
  readonly wishes: Wishes;
  readonly teller: Teller;
  readonly metrics: SyncMetrics;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * What nobody but a person can mend is tried again all the same, for the person may not touch the Secret itself: soon, for
 * policies take a moment to be forgotten, and then ever more seldom.
 */
const REFUSED_RETRY_MS = { first: 1000, longest: 60_000 };

/**
 * Brings one Secret to what it is to be, as far as that is known. Never throws: a fault is counted, told where a person
 * looks, and tried again.
 */
export async function reconcile(around: Surroundings, key: string): Promise<Outcome> {
  const secret = around.cluster.secrets.get(key);
  try {
    return await bring(around, key, secret);
  } catch (error) {
    return await failed(around, key, secret, error);
  }
}

async function bring(around: Surroundings, key: string, secret: TrackedSecret | undefined): Promise<Outcome> {
  if (secret === undefined) return forget(around, key, secret);
  const namespace = around.cluster.boundNamespace(secret.namespace);
  const wanted = namespace && wantedFor(secret.annotations, namespace, around.engine);
  if (wanted) wish(around, key, wanted.used);
  if (wanted === undefined || isWaiting(wanted)) {
    secret.state = 'waiting';
    return DONE;
  }
  const object = await around.kubernetes.request({ method: 'GET', path: secretPath(secret) }, around.signal);
  if (!asksForSync(annotationsIn(object))) return forget(around, key, secret);
  return await settle(around, key, object);
}

/**
 * A Secret that is not there, or asks for nothing any more, is left as it is: unless the watch has told of it since it was
 * begun with, for then the answer may be older than that, and it is looked at again anyway.
 */
function forget(around: Surroundings, key: string, secret: TrackedSecret | undefined): Outcome {
  if (around.cluster.secrets.get(key) !== secret) return DONE;
  around.cluster.secrets.delete(key);
  wish(around, key, []);
  return DONE;
}

function wish({ wishes, engine }: Surroundings, key: string, refs: readonly SecretRef[]): void {
  if (wishes.set(key, refs)) engine.redirect();
}

async function settle(around: Surroundings, key: string, object: JsonObject): Promise<Outcome> {
  const { cluster, metrics, engine, teller, signal } = around;
  const secret = cluster.secrets.get(key);
  const namespace = secret && cluster.boundNamespace(secret.namespace);
  if (secret === undefined || namespace === undefined) return DONE;
  const assessment = assess(object, namespace, engine, secret.edition);
  wish(around, key, assessment.used);
  const left = (await apply(around, secret, assessment)) ?? object;
  if (assessment.edition) remember(around, key, assessment.edition);
  metrics.increment('sidekey_sync_results_total', { result: assessment.apply ? 'applied' : 'unchanged' });
  for (const { reason } of assessment.problems)
    metrics.increment('sidekey_sync_results_total', { result: reason });
  const told = (await teller.tell(assessment, versionOf(left), signal)) ?? left;
  if (assessment.unfinished) return await settle(around, key, told);
  secret.settled = versionOf(told);
  secret.refusals = 0;
  secret.state = stateOf(assessment);
  return DONE;
}

/** The watch may have told of the Secret anew while it was written. */
function remember({ cluster }: Surroundings, key: string, edition: Edition): void {
  const secret = cluster.secrets.get(key);
  if (secret) secret.edition = edition;
}

function stateOf({ error, managed }: Assessment): TrackedSecret['state'] {
  if (error !== undefined) return 'failed';
  return managed.length > 0 ? 'synced' : 'waiting';
}

async function apply(
  { kubernetes, log, signal }: Surroundings,
  secret: TrackedSecret,
  { apply: object, changed }: Assessment,
): Promise<JsonObject | undefined> {
  if (object === undefined) return undefined;
  const application = { path: secretPath(secret), object, fieldManager: FIELD_MANAGER, force: true };
  const applied = await applyObject(kubernetes, application, signal);
  const { namespace, name } = secret;
  if (changed.length > 0) log.info({ namespace, name, keys: changed }, 'Synced');
  return applied;
}

async function failed(
  around: Surroundings,
  key: string,
  begunWith: TrackedSecret | undefined,
  error: unknown,
): Promise<Outcome> {
  if (around.signal.aborted) return DONE;
  if (!(error instanceof KubernetesError)) {
    const kind = error instanceof Error ? error.name : typeof error;
    return await giveUp(around, key, {
      result: 'internal',
      message: `Cannot sync: internal fault (${kind})`,
    });
  }
  const { reason, transient, retryAfterMs, message } = error;
  if (reason === 'not_found') return forget(around, key, begunWith);
  around.metrics.increment('sidekey_sync_api_errors_total', { reason });
  if (transient || reason === 'conflict')
    return { done: false, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return await giveUp(around, key, { result: 'refused', message });
}

interface Defeat {
  readonly result: 'refused' | 'internal';
  readonly message: string;
}

/** Tells of what does not pass by itself, and tries again later. */
async function giveUp(around: Surroundings, key: string, { result, message }: Defeat): Promise<Outcome> {
  const { metrics, cluster, teller, signal } = around;
  const secret = cluster.secrets.get(key);
  if (secret === undefined) return DONE;
  metrics.increment('sidekey_sync_results_total', { result });
  secret.state = 'failed';
  await teller.failed(secret, message, signal);
  const { first, longest } = REFUSED_RETRY_MS;
  const retryAfterMs = Math.min(longest, first * 2 ** secret.refusals);
  secret.refusals += 1;
  return { done: false, retryAfterMs };
}
