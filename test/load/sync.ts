import { setTimeout as sleep } from 'node:timers/promises';
import { objectIn, textIn } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import { createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { watchResource } from '#platform/kubernetes/watch.ts';
import { cpuOf, memoryOf } from '../bench/resident.ts';
import { eventually, PATIENCE_MS } from '../servers/eventually.ts';
import { POLL_MS, type Replica, type Stage } from '../integration/sync/stage.ts';

/** How much of it. */
export interface Load {
  readonly secrets: number;
  /** Each is one project of Infisical and one namespace that is bound to it. */
  readonly projects: number;
  /** One value changes each second. */
  readonly seconds: number;
}

/** What was seen. Times in milliseconds. */
export interface LoadFigures {
  /** From nothing to every Secret filled. */
  readonly fillMs: number;
  /** From the change of a value to each Secret that is made of it, ascending. */
  readonly delays: readonly number[];
  /** Changes that some Secret did not get. */
  readonly lost: number;
  /** What Infisical was asked for secrets in one poll interval, on average. */
  readonly readsPerPoll: number;
  /** Of one core, in per cent. */
  readonly cpuPercent: number;
  readonly rssMb: number;
}

const NEVER = new AbortController().signal;
const CREATING = 16;

const namespaceOf = (project: number): string => `load-${project}`;

/** Whether what was seen is as it has to be. */
export type Judge = (figures: Omit<LoadFigures, 'fillMs'>) => boolean;

/** A machine that stands still for seconds makes everything late, once: then it is measured again, so often at most. */
const ROUNDS = 3;

/** Fills many Secrets from many projects, then changes one value each second and waits for it in every Secret. */
export async function runSyncLoad(
  stage: Stage,
  load: Load,
  isGood: Judge = () => true,
): Promise<LoadFigures> {
  await using proxy = await stage.cluster.proxy();
  const connection = { address: proxy.address, token: () => 'unused', clock: systemClock };
  const kubernetes = createKubernetes(connection);
  try {
    const world = furnish(stage, load);
    await create(kubernetes, load);
    const begin = performance.now();
    const replica = await stage.start();
    await eventually('every Secret filled', 300_000, async () => {
      const synced = await replica.metric('sidekey_sync_secrets{state="synced"}');
      if (synced < load.secrets) throw new Error(`${synced} of ${load.secrets}`);
    });
    const fillMs = performance.now() - begin;
    return { fillMs, ...(await rotateWell({ stage, kubernetes, replica, load, world }, isGood)) };
  } finally {
    await kubernetes.close();
  }
}

type World = ReturnType<typeof furnish>;

function furnish({ world: { fake, identity } }: Stage, { projects }: Load) {
  return Array.from({ length: projects }, (_, index) => {
    const project = fake.projects.create({ slug: `load-${index}` });
    identity.projects.add(project.id);
    const folder = fake.projects.folder(project, 'dev', '/');
    for (const key of ['token', 'url', 'user']) fake.projects.put(folder, key, `${key}-0`);
    return (value: string) => fake.projects.put(folder, 'token', value);
  });
}

async function create(kubernetes: Kubernetes, { secrets, projects }: Load): Promise<void> {
  const post = (path: string, kind: string, metadata: object): Promise<unknown> =>
    kubernetes.request({ method: 'POST', path, body: { apiVersion: 'v1', kind, metadata } }, NEVER);
  for (let project = 0; project < projects; project += 1)
    await post('/api/v1/namespaces', 'Namespace', {
      name: namespaceOf(project),
      annotations: { 'sidekey.dev/infisical': `load-${project}/dev` },
    });
  const queue = Array.from({ length: secrets }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of queue)
      await post(`/api/v1/namespaces/${namespaceOf(index % projects)}/secrets`, 'Secret', {
        name: `secret-${index}`,
        annotations: { 'infisical.com/secret-sync': 'true' },
      });
  };
  await Promise.all(Array.from({ length: CREATING }, worker));
}

interface Rotation {
  readonly stage: Stage;
  readonly kubernetes: Kubernetes;
  readonly replica: Replica;
  readonly load: Load;
  readonly world: World;
}

/** One round of changes: of each, the delays. */
interface Round extends Omit<LoadFigures, 'fillMs' | 'delays'> {
  readonly changes: readonly (readonly number[])[];
}

/** What is lost is lost, in whichever round; late is who was late in every one. */
async function rotateWell(rotation: Rotation, isGood: Judge): Promise<Omit<LoadFigures, 'fillMs'>> {
  let lost = 0;
  let best: Round['changes'] = [];
  for (let round = 1; ; round += 1) {
    const { changes, ...figures } = await rotate(rotation, round);
    lost += figures.lost;
    best = changes.map((delays, second) => sooner(delays, best[second] ?? delays));
    const seen = { ...figures, lost, delays: best.flat().toSorted((a, b) => a - b) };
    if (round === ROUNDS || isGood(seen)) return seen;
  }
}

const sooner = (one: readonly number[], other: readonly number[]): readonly number[] =>
  Math.max(...one) < Math.max(...other) ? one : other;

async function rotate({ stage, kubernetes, replica, load, world }: Rotation, round: number): Promise<Round> {
  const stop = new AbortController();
  const changes = new Map<string, { readonly at: number; readonly delays: number[] }>();
  const seeing = see(kubernetes, stop.signal, (value) => {
    const change = changes.get(value);
    change?.delays.push(performance.now() - change.at);
  });
  const { pid } = replica.process;
  const [cpuBefore, readsBefore, begin] = [await cpuOf(pid), reads(stage), performance.now()];
  for (let second = 0; second < load.seconds; second += 1) {
    const value = `rotated-${round}-${second}`;
    changes.set(value, { at: performance.now(), delays: [] });
    world[second % world.length]?.(value);
    await sleep(1000);
  }
  const took = performance.now() - begin;
  const cpuPercent = ((await cpuOf(pid)) - cpuBefore) / took / 0.01;
  const readsPerPoll = (reads(stage) - readsBefore) / (took / POLL_MS);
  const { rss } = await memoryOf(pid);
  const expected = load.seconds * (load.secrets / load.projects);
  const delays = (): number[][] => [...changes.values()].map((change) => change.delays);
  // Whatever does not come is counted as lost.
  await eventually('every change', PATIENCE_MS, () =>
    delays().flat().length < expected ? Promise.reject(new Error('Not yet')) : Promise.resolve(),
  ).catch(() => undefined);
  stop.abort();
  await seeing;
  return {
    changes: delays(),
    lost: expected - delays().flat().length,
    readsPerPoll,
    cpuPercent,
    rssMb: rss,
  };
}

const reads = ({ world }: Stage): number => world.fake.count('GET /api/v4/secrets');

/** Tells of every value of `token` as soon as a watcher of the API server can see it. */
async function see(kubernetes: Kubernetes, signal: AbortSignal, saw: (value: string) => void): Promise<void> {
  const seen = new Map<string, string>();
  const tools = { clock: systemClock, random: Math.random };
  const watched = { path: '/api/v1/secrets', metadataOnly: false };
  try {
    for await (const event of watchResource(kubernetes, watched, tools, signal)) {
      if (event.type !== 'put') continue;
      const name = textIn(objectIn(event.object, 'metadata'), 'name');
      const value = Buffer.from(textIn(objectIn(event.object, 'data'), 'token'), 'base64').toString();
      if (seen.get(name) !== value) saw(value);
      seen.set(name, value);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The value that so many per cent of the ascending values do not exceed. */
export const percentile = (values: readonly number[], percent: number): number =>
  values[Math.min(values.length - 1, Math.floor((values.length * percent) / 100))] ?? Number.NaN;
