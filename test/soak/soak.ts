import { readdir } from 'node:fs/promises';
import { memoryOf } from '../bench/resident.ts';
import { chance } from '../agent/schedule/model.ts';
import { eventually } from '../servers/eventually.ts';
import { injectFaults, type Pace, plannedFaults } from './faults.ts';
import { countAsked, leftOver } from './leftovers.ts';
import { ROTATED, type Sample, type SoakRecord, type Trouble } from './record.ts';
import { pause, repeat } from './repeat.ts';
import { Subject } from './subject.ts';
import { LIVES, openWorld, type World } from './world.ts';
import { write, writeValues } from './writes.ts';

export interface SoakOptions {
  readonly durationMs: number;
  /** Of the faults and of the writes: the same seed makes the same ones. */
  readonly seed: number;
  readonly pace: Pace;
  /** It ends sooner once each kind of fault has been done so often. */
  readonly rounds?: number;
  /** True if one of the agents ends without revoking its token, which then ends by itself; that takes its time. */
  readonly leaveToken: boolean;
}

interface Scene {
  readonly world: World;
  /** Never killed, so that it can be seen to stay as small as it was. */
  readonly steady: Subject;
  readonly killed: Subject;
  readonly now: () => number;
}

const SAMPLE_MS = 2000;
const LONGEST_PAUSE_MS = 4000;

/** Two agents live through faults for so long; gives all that was seen. */
export async function soak(options: SoakOptions): Promise<SoakRecord> {
  await using world = await openWorld();
  const begin = performance.now();
  const now = (): number => performance.now() - begin;
  for (const kind of ['KV v1', 'KV v2'] as const) await write(world.bao.api, kind, 0);
  await using steady = await Subject.start('steady', world, now, true);
  await using killed = await Subject.start('killed', world, now, !options.leaveToken);
  const scene = { world, steady, killed, now };
  const seen = await watch(scene, options);
  const pods = [steady, killed];
  const troubles = [...pods.flatMap((pod) => pod.troubles), ...(await end(scene))];
  const rotations = Object.fromEntries(
    ROTATED.map((kind) => [kind, sum(pods.map((pod) => pod.rotations[kind]))]),
  ) as SoakRecord['rotations'];
  return {
    seed: options.seed,
    durationMs: options.durationMs,
    ...seen,
    rotations,
    troubles,
    looks: sum(pods.map((pod) => pod.looks)),
    connects: sum(pods.map((pod) => pod.connects)),
    told: sum(pods.map((pod) => pod.told)),
    left: await leftOver(world),
    asked: await countAsked(world.bao.auditFile),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

type Seen = Pick<SoakRecord, 'faults' | 'writes' | 'samples'>;

/** Watches the applications while faults and writes go on, and until the last of these has been seen. */
async function watch(scene: Scene, options: SoakOptions): Promise<Seen> {
  const { steady, killed, now } = scene;
  const [stop, ending] = [new AbortController(), new AbortController()];
  const samples: Sample[] = [];
  const watching = Promise.all([
    ...[steady, killed].map((pod) => pod.live(ending.signal)),
    repeat(SAMPLE_MS, ending.signal, async () => void samples.push(await sample(steady.pid, now()))),
  ]);
  void pause(options.durationMs, ending.signal).then(() => stop.abort());
  try {
    return { ...(await act(scene, options, stop)), samples };
  } finally {
    ending.abort();
    await watching;
  }
}

async function act(
  { world, steady, killed, now }: Scene,
  { seed, pace, rounds }: SoakOptions,
  stop: AbortController,
): Promise<Pick<Seen, 'faults' | 'writes'>> {
  const pods = [steady, killed];
  const random = chance(seed + 1);
  const plans = plannedFaults(chance(seed), pace, rounds);
  const writing = { api: world.bao.api, pods, now, pauseMs: () => LONGEST_PAUSE_MS * random() };
  const [faults, ...writes] = await Promise.all([
    injectFaults({ world, killed, pods }, plans, now, stop.signal).finally(() => stop.abort()),
    writeValues('KV v1', writing, stop.signal),
    writeValues('KV v2', writing, stop.signal),
  ]);
  await rotated(pods);
  return { faults, writes: writes.flat() };
}

/** However short the soak: what ends by itself has been replaced once, or never will be. */
async function rotated(pods: readonly Subject[]): Promise<void> {
  const lives = (LIVES.login.most + LIVES.certificate) * 1000;
  await eventually('all kinds replaced', lives, async () => {
    const lacking = ROTATED.filter((kind) => pods.every((pod) => pod.rotations[kind] === 0));
    if (lacking.length > 0) throw new Error(lacking.join(', '));
  }).catch(() => undefined);
}

async function sample(pid: number, at: number): Promise<Sample> {
  const { anonymous } = await memoryOf(pid);
  return { at, privateMb: anonymous, descriptors: (await readdir(`/proc/${pid}/fd`)).length };
}

/** Ends both agents; what is odd about that. */
async function end({ steady, killed, now }: Scene): Promise<Trouble[]> {
  const ends = await Promise.all(
    [steady, killed].map(async (pod) => ({ pod: pod.name, how: await pod.end() })),
  );
  return ends.flatMap(({ pod, how }) =>
    how === 0 ? [] : [{ pod, at: now(), kind: 'process', what: `the agent ended with ${how}` } as const],
  );
}
