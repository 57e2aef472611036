import { setTimeout as sleep } from 'node:timers/promises';
import { webhookConfigurations } from '../../../deploy/kubernetes/webhooks.ts';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { memoryOf } from '../../bench/resident.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { type ControlPlane, startControlPlane } from '../../servers/control-plane.ts';
import { eventually } from '../../servers/eventually.ts';
import { Injector } from '../../servers/injector.ts';
import { Caller, type Calls } from './caller.ts';
import { Creator, type Creations } from './creator.ts';
import { openService } from './service.ts';

export interface WebhookLoad {
  readonly seconds: number;
  readonly perSecond: number;
}

/** What came of a load. */
export interface WebhookRecord {
  readonly calls: Calls;
  readonly creations: Creations;
  /** Certificates that the replicas were given, the first included. */
  readonly certificates: number;
  /** MB, of the larger replica. */
  readonly rssMost: number;
  /** Some time after the last call. */
  readonly rssAfter: number;
}

const NAMESPACE = 'sidekey-test-load';
const CERTIFICATES = 6;
const REST_MS = 5000;
/** Until the Service has seen that a replica is dead. */
const SEEN_MS = 500;

/** Two replicas, a Service before them, and an API server that asks it. */
interface World {
  readonly replicas: readonly [Injector, Injector];
  readonly cluster: ControlPlane;
  readonly certificates: readonly ServerCertificate[];
}

async function rotate({ replicas, certificates }: World, turn: number): Promise<void> {
  const certificate = certificates[turn % certificates.length];
  for (const replica of replicas) await replica.writeCertificate(certificate);
}

/** Each at its share of the time. */
function upheavals(
  world: World,
  noteKill: (isDying: boolean) => void,
): readonly (readonly [number, () => Promise<void>])[] {
  const { replicas, cluster } = world;
  const [first, second] = replicas;
  return [
    [0.1, () => rotate(world, 1)],
    [0.2, () => restart(first)],
    [0.3, () => rotate(world, 2)],
    [0.4, () => cluster.restart()],
    [0.55, () => rotate(world, 3)],
    [
      0.65,
      async () => {
        noteKill(true);
        process.kill(second.pid, 'SIGKILL');
        await second.ended();
        await sleep(SEEN_MS);
        noteKill(false);
        await second.start();
      },
    ],
    [0.8, () => rotate(world, 4)],
    [0.9, () => rotate(world, 5)],
  ];
}

/** As a rollout does. */
async function restart(replica: Injector): Promise<void> {
  await replica.stop();
  await replica.start();
}

/** Has the webhook asked so many times a second, while its certificates, its replicas and the API server are replaced. */
export async function loadWebhook(load: WebhookLoad): Promise<WebhookRecord> {
  const certificates = await Promise.all(Array.from({ length: CERTIFICATES }, () => loopbackCertificate()));
  const caPem = certificates.map((one) => one.caPem).join('\n');
  const environment = { SIDEKEY_DRAIN_DELAY: '3s', NODE_ENV: 'production' };
  await using first = await Injector.prepare(environment);
  await using second = await Injector.prepare(environment);
  const cluster = await startControlPlane('');
  const world: World = { replicas: [first, second], cluster, certificates };
  try {
    await rotate(world, 0);
    await Promise.all(world.replicas.map((replica) => replica.start()));
    await using service = await openService(world.replicas);
    await openToCluster(cluster, service.url, caPem);
    return await underLoad(world, new Caller(service.url, caPem), load);
  } finally {
    await cluster.stop();
  }
}

async function openToCluster({ kubectl }: ControlPlane, url: string, caPem: string): Promise<void> {
  await kubectl(['create', 'namespace', NAMESPACE]);
  await eventually('the default account', 30_000, () =>
    kubectl(['get', 'serviceaccount', 'default', '-n', NAMESPACE]),
  );
  for (const object of webhookConfigurations({ target: { url }, caPem, namespace: 'sidekey' }))
    await kubectl(['create', '-f', '-'], patient(object));
  const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"${NAMESPACE}","annotations":{"sidekey.dev/inject":"maybe"}},"spec":{"containers":[{"name":"a","image":"a"}]}}`;
  await eventually('the webhook in force', 30_000, async () => {
    const refused = await kubectl(['create', '--dry-run=server', '-f', '-'], pod).then(
      () => false,
      () => true,
    );
    if (!refused) throw new Error('The API server does not ask the webhook');
  });
}

/** A machine that does all of this at once may be slower than an API server waits. */
const patient = (configuration: object): string =>
  JSON.stringify(configuration).replace('"timeoutSeconds":5', '"timeoutSeconds":30');

async function underLoad(
  world: World,
  caller: Caller,
  { seconds, perSecond }: WebhookLoad,
): Promise<WebhookRecord> {
  await using api = await world.cluster.proxy();
  const creator = new Creator(api, NAMESPACE);
  const stop = new AbortController();
  const sampler = new AbortController();
  const memory = sampleMemory(world, sampler.signal);
  const running = [caller.run(perSecond, stop.signal), creator.run(stop.signal)];
  const began = performance.now();
  const noteKill = (isDying: boolean): void => {
    caller.noteKill(isDying);
    creator.noteKill(isDying);
  };
  for (const [share, act] of upheavals(world, noteKill)) {
    await sleep(Math.max(0, began + share * seconds * 1000 - performance.now()));
    await act();
  }
  await sleep(Math.max(0, began + seconds * 1000 - performance.now()));
  stop.abort();
  await Promise.all(running);
  await sleep(REST_MS);
  const rssAfter = Math.max(...(await Promise.all(world.replicas.map(({ pid }) => residentMb(pid)))));
  sampler.abort();
  const { calls } = caller;
  const { creations } = creator;
  return { calls, creations, certificates: CERTIFICATES, rssMost: await memory, rssAfter };
}

const SAMPLE_MS = 500;

async function sampleMemory({ replicas }: World, stop: AbortSignal): Promise<number> {
  let most = 0;
  while (!stop.aborted) {
    most = Math.max(most, ...(await Promise.all(replicas.map(({ pid }) => residentMb(pid)))));
    await sleep(SAMPLE_MS);
  }
  return most;
}

/** 0 while there is no such process. */
const residentMb = (pid: number): Promise<number> =>
  memoryOf(pid).then(
    ({ rss }) => rss,
    () => 0,
  );
