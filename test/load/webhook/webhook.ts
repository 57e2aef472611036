import { setTimeout as sleep } from 'node:timers/promises';
import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { memoryOf } from '../../bench/resident.ts';
import { InjectorStage, NAMESPACE } from '../../integration/cluster/stage.ts';
import type { ApiProxy } from '../../servers/api-proxy.ts';
import { followBundle } from './bundle.ts';
import { type Call, Caller } from './caller.ts';
import { Creator, type Creations } from './creator.ts';
import { type Dead, upheavals } from './upheavals.ts';

export interface WebhookLoad {
  readonly seconds: number;
  readonly perSecond: number;
  /** How long the API server waits for an answer. */
  readonly timeoutSeconds: number;
}

/** What happened, and from when on: milliseconds since the load began. */
export interface Happened {
  readonly what: string;
  readonly at: number;
}

/** What came of a load. */
export interface WebhookRecord {
  readonly calls: readonly Call[];
  readonly skipped: number;
  readonly creations: Creations;
  readonly happened: readonly Happened[];
  /** Different certificates that clients were shown, and different authorities that they were told to trust. */
  readonly certificates: number;
  readonly bundles: number;
  /** MB, of the larger replica. */
  readonly rssMost: number;
  /** Some time after the last call. */
  readonly rssAfter: number;
}

const REST_MS = 5000;
/** A machine, and with it who is to learn of something, may stand still for so long. */
const BEARABLE_SECONDS = 8;
/** Of the pod in the review that is put all the time. */
const REVIEWED_NAMESPACE = 'ml-inference';

/**
 * Has the webhook asked so many times a second, while its certificates, its replicas and the API server are replaced: two
 * replicas that make their own certificates, a Service before them, a real API server that asks it, and more that ask it as often
 * as many API servers do.
 */
export async function loadWebhook(load: WebhookLoad): Promise<WebhookRecord> {
  await using stage = await InjectorStage.start({
    SIDEKEY_DRAIN_DELAY: `${BEARABLE_SECONDS}s`,
    SIDEKEY_CERTIFICATE_LIFE: `${Math.max(60, Math.round(load.seconds / 4))}s`,
    SIDEKEY_AUTHORITY_OVERLAP: `${Math.max(BEARABLE_SECONDS, Math.round(load.seconds / 20))}s`,
  });
  await stage.cluster.kubectl(['create', 'namespace', REVIEWED_NAMESPACE]);
  for (const name of WEBHOOK_CONFIGURATIONS) await setTimeoutOf(stage, name, load.timeoutSeconds);
  for (const one of stage.replicas) one.launch();
  await stage.ready(...stage.replicas);
  await using api = await stage.cluster.proxy();
  return await underLoad(stage, api, load);
}

const setTimeoutOf = (stage: InjectorStage, name: string, value: number): Promise<string> => {
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/timeoutSeconds', value }]);
  return stage.cluster.kubectl(['patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', patch]);
};

async function underLoad(stage: InjectorStage, api: ApiProxy, load: WebhookLoad): Promise<WebhookRecord> {
  const dead: Dead = new Set();
  const caller = new Caller({
    url: stage.url,
    patienceMs: load.timeoutSeconds * 1000,
    isDead: (clientPort) => dead.has(stage.service.backendOf(clientPort)?.port ?? 0),
  });
  const creator = new Creator(api, NAMESPACE, () => dead.size > 0);
  const [stop, rested] = [new AbortController(), new AbortController()];
  let bundles = 0;
  const trusting = Promise.withResolvers<void>();
  const told = (caPem: string): void => {
    bundles += 1;
    caller.trust(caPem);
    trusting.resolve();
  };
  const following = followBundle(api, told, stop.signal);
  await trusting.promise;
  const memory = sampleMemory(stage, rested.signal);
  const running = [following, caller.run(load.perSecond, stop.signal), creator.run(stop.signal)];
  const happened = await happen(stage, dead, load.seconds);
  stop.abort();
  await Promise.all(running);
  await sleep(REST_MS);
  const rssAfter = await largestMb(stage);
  rested.abort();
  return {
    calls: caller.calls,
    skipped: caller.skipped,
    creations: creator.creations,
    happened,
    certificates: caller.serials.size,
    bundles,
    rssMost: await memory,
    rssAfter,
  };
}

/** All of it, one after the other; on a slow machine it takes longer. */
async function happen(stage: InjectorStage, dead: Dead, seconds: number): Promise<readonly Happened[]> {
  const began = performance.now();
  const until = (share: number): Promise<void> =>
    sleep(Math.max(0, began + share * seconds * 1000 - performance.now()));
  const happened: Happened[] = [{ what: 'nothing', at: 0 }];
  for (const { at, what, act } of upheavals(stage, dead)) {
    await until(at);
    happened.push({ what, at: performance.now() - began });
    await act();
  }
  await until(1);
  return happened;
}

const SAMPLE_MS = 500;

async function sampleMemory(stage: InjectorStage, stop: AbortSignal): Promise<number> {
  let most = 0;
  for (; !stop.aborted; await sleep(SAMPLE_MS)) most = Math.max(most, await largestMb(stage));
  return most;
}

const largestMb = async ({ replicas }: InjectorStage): Promise<number> =>
  Math.max(...(await Promise.all(replicas.map(({ pid }) => residentMb(pid)))));

/** 0 while there is no such process. */
const residentMb = (pid: number): Promise<number> =>
  memoryOf(pid).then(
    ({ rss }) => rss,
    () => 0,
  );
