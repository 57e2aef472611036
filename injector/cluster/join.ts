import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Connection, createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import type { KubernetesError } from '#platform/kubernetes/errors.ts';
import { createRecorder, type Recorder } from '#platform/kubernetes/event.ts';
import { inClusterConnection } from '#platform/kubernetes/in-cluster.ts';
import { lead } from '#platform/kubernetes/lease.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { keepCertificates } from '../certificate/keeper.ts';
import { readKept } from '../certificate/kept.ts';
import type { ClusterConfig } from '../cluster-config.ts';
import type { InjectorMetrics } from '../metrics.ts';
import type { KeyPair } from '../server/certificate.ts';
import { type Configurations, followConfigurations } from './configurations.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import { type Followed, followObject, type Watching } from './follow.ts';
import { followLimitRanges, type LimitRanges } from './limit-ranges.ts';
import { followNamespaces, type Namespaces } from './namespaces.ts';

export interface JoinParts {
  readonly config: ClusterConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: InjectorMetrics;
}

/** The API server as the injector sees it. Nothing here is asked while a pod waits for its answer. */
export interface Cluster {
  readonly configurations: Configurations;
  readonly namespaces: Namespaces;
  /** Undefined if the operator does not want them to be looked at. */
  readonly limitRanges: LimitRanges | undefined;
  /** Undefined if nobody is to be told by Events. */
  readonly recorder: Recorder | undefined;
  /** Makes certificates while this replica leads, and hands each that the Secret comes to hold to `offer`. */
  shareCertificates(offer: (pair: KeyPair) => void): void;
  /** Tells of what waits, lets another lead, and ends every connection. */
  close(): Promise<void>;
}

/** Connects to the API server and begins to follow what is in it. `changed` is called when whom it trusts has changed. */
export function joinCluster(parts: JoinParts, changed: () => void): Cluster {
  const { config, clock, random, metrics } = parts;
  const kubernetes = createKubernetes(connect(parts));
  const stop = new AbortController();
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const doorbell = createDoorbell(clock);
  const onFault = ({ reason, message }: KubernetesError): void => {
    metrics.increment('sidekey_injector_api_errors_total', { reason });
    parts.log.warn({ reason, explanation: message }, 'Cannot ask the API server');
  };
  const tools = { clock, random, onRestart: (_: unknown, error: KubernetesError) => onFault(error) };
  const watching: Watching = { kubernetes, tools, log: parts.log, signal: stop.signal };
  const configurations = followConfigurations(watching, () => {
    doorbell.ring();
    changed();
  });
  const source = { component: COMPONENT, instance: identity };
  const onLost = (): void => metrics.increment('sidekey_injector_events_lost_total');
  const recorder = config.events ? createRecorder(kubernetes, source, { clock, random, onLost }) : undefined;
  let election = Promise.resolve();
  return {
    configurations,
    namespaces: followNamespaces(watching, clock),
    limitRanges: config.limitRanges ? followLimitRanges(watching) : undefined,
    recorder,
    shareCertificates(offer) {
      const secret = followSecret(watching, config, { doorbell, offer, metrics });
      const elected = { kubernetes, secret, configurations, doorbell, identity, onFault };
      election = campaign(parts, elected, stop.signal);
    },
    async close() {
      await recorder?.close();
      stop.abort(new Error('The injector ends'));
      await election;
      await kubernetes.close();
    },
  };
}

const COMPONENT = 'sidekey-injector';

const read = (path: string): string => readFileSync(path, 'utf8');

function connect({ config, environment, clock }: JoinParts): Connection {
  if (config.connection === undefined) return inClusterConnection(environment, read, clock);
  const { address, tokenFile, caFile } = config.connection;
  return { address, caPem: read(caFile), token: () => read(tokenFile), clock };
}

interface Sharing {
  readonly doorbell: Doorbell;
  readonly offer: (pair: KeyPair) => void;
  readonly metrics: InjectorMetrics;
}

/** The Secret; what is of use in it is offered to be served. */
function followSecret(
  watching: Watching,
  { certificates: { namespace, secret: name } }: ClusterConfig,
  { doorbell, offer, metrics }: Sharing,
): Followed {
  const secret = followObject(watching, { path: `/api/v1/namespaces/${namespace}/secrets`, name }, () => {
    const { object } = secret;
    const kept = object && readKept(object);
    if (object !== undefined)
      metrics.set('sidekey_injector_config_last_reload_success', kept === undefined ? 0 : 1);
    if (kept !== undefined) offer(kept.leaf);
    doorbell.ring();
  });
  return secret;
}

interface Elected {
  readonly kubernetes: Kubernetes;
  readonly secret: Followed;
  readonly configurations: Configurations;
  readonly doorbell: Doorbell;
  readonly identity: string;
  readonly onFault: (error: KubernetesError) => void;
}

/** Keeps the certificates whenever the Lease is ours. */
async function campaign(parts: JoinParts, elected: Elected, stop: AbortSignal): Promise<void> {
  const { config, clock, random, log, metrics } = parts;
  const { kubernetes, identity, onFault } = elected;
  const terms = config.certificates;
  const made = (what: 'authority' | 'leaf'): void =>
    metrics.increment('sidekey_injector_certificates_made_total', { what });
  const work = async (lost: AbortSignal): Promise<void> => {
    metrics.set('sidekey_injector_leader', 1);
    log.info({ identity }, 'Leading');
    try {
      await keepCertificates({ ...elected, terms, clock, random, log, made }, lost);
    } finally {
      metrics.set('sidekey_injector_leader', 0);
      log.info({ identity }, 'No longer leading');
    }
  };
  const election = { namespace: terms.namespace, name: config.lease, identity, clock, random, onFault };
  while (!stop.aborted) {
    try {
      await lead(kubernetes, election, work, stop);
    } catch (error) {
      // A fault of ours: certificates are good for days without us, so it is no reason to stop answering.
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'Cannot keep the certificates');
      await clock.sleep(FAULT_PAUSE_MS, stop).catch(() => undefined);
    }
  }
}

const FAULT_PAUSE_MS = 10_000;
