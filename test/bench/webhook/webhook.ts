import { setTimeout as sleep } from 'node:timers/promises';
import { type Budget, judge, type Row } from '../budget.ts';
import { findNode } from '../nodes.ts';
import { median } from '../statistics.ts';
import { formatTable } from '../table.ts';
import { awaitReady, burst, type Burst, type Course, type Load, residentMb } from './measure.ts';
import { loadClient, peerProgram } from './programs.ts';
import { type Contender, openStage, type Stage, startInjector, startPeer } from './servers.ts';

/** How long is measured. */
export interface WebhookEffort {
  readonly rounds: number;
  readonly seconds: number;
  readonly idleMs: number;
}

export const FULL: WebhookEffort = { rounds: 5, seconds: 5, idleMs: 20_000 };
export const QUICK: WebhookEffort = { rounds: 2, seconds: 2, idleMs: 5000 };

const LOADS: readonly Load[] = [
  { connections: 1, distinct: false },
  { connections: 16, distinct: false },
  { connections: 1, distinct: true },
  { connections: 16, distinct: true },
];

const describe = ({ connections, distinct }: Load): string =>
  `${connections} connection${connections === 1 ? '' : 's'}${distinct ? ', no two pods alike' : ''}`;

type Figures = Readonly<Record<'perSecond' | 'p50' | 'p99' | 'cpuPerRequest', number>>;

/** vault-k8s 1.6.2 with a review of the same size on another, quiet machine of two cores: for where it cannot be built. */
const RECORDED: Readonly<Record<Load['connections'], Figures>> = {
  1: { perSecond: 2430, p50: 0.35, p99: 1.2, cpuPerRequest: 410 },
  16: { perSecond: 4430, p50: 2.6, p99: 15.5, cpuPerRequest: 348 },
};
const RECORDED_MB = { loaded: 48, idle: 48 };

/** Measures the webhook and its peer by turns, and prints what came of it. Returns whether every budget was kept. */
export async function benchWebhook(effort: WebhookEffort, node: string): Promise<boolean> {
  await using stage = await openStage();
  const course = { stage, client: await loadClient() };
  const { file, version } = await findNode(node);
  await using ours = await startInjector(stage, file);
  await using peer = await tryPeer(stage);
  const contenders: readonly Contender[] = peer === undefined ? [ours] : [peer, ours];
  for (const one of contenders) await awaitReady(course, one);
  const began = await Promise.all(contenders.map(residentMb));
  const rows: Row[] = [];
  for (const load of LOADS) {
    console.log(`${describe(load)}: ${effort.rounds} × ${effort.seconds} s each`);
    const measured = await measureByTurns(course, contenders, load, effort);
    const [theirs = RECORDED[load.connections]] = peer === undefined ? [] : measured;
    rows.push(...figureRows(load, theirs, measured.at(-1) ?? theirs));
  }
  const loaded = await Promise.all(contenders.map(residentMb));
  await sleep(effort.idleMs);
  const idle = await Promise.all(contenders.map(residentMb));
  rows.push(...memoryRows({ began, loaded, idle }, peer !== undefined, effort));
  const title = peer === undefined ? 'vault-k8s, recorded elsewhere' : 'vault-k8s';
  console.log(`\nSidekey on Node ${version}`);
  for (const line of formatTable(rows, title)) console.log(line);
  return rows.every((row) => judge(row) !== 'MISSED');
}

/** One list of contenders' figures; the first round warms up. */
async function measureByTurns(
  course: Course,
  contenders: readonly Contender[],
  load: Load,
  { rounds, seconds }: WebhookEffort,
): Promise<readonly Figures[]> {
  const bursts = contenders.map((): Burst[] => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, one] of contenders.entries()) {
      const measured = await burst(course, one, load, seconds);
      if (round > 0) bursts[index]?.push(measured);
    }
  return bursts.map(figures);
}

/** In MB, of each contender. */
type Memory = Readonly<Record<'began' | 'loaded' | 'idle', readonly number[]>>;

const MEMORY: Budget = { kind: 'limit', must: 90, aim: 60 };

function memoryRows(
  { began, loaded, idle }: Memory,
  isPeerThere: boolean,
  { idleMs }: WebhookEffort,
): readonly Row[] {
  const row = (what: string, all: readonly number[], recorded: number): Row => ({
    what,
    unit: 'MB',
    peer: isPeerThere ? (all[0] ?? NaN) : recorded,
    ours: all.at(-1) ?? NaN,
  });
  return [
    row('RSS before', began, NaN),
    { ...row('RSS after load', loaded, RECORDED_MB.loaded), budget: MEMORY },
    { ...row(`RSS ${idleMs / 1000} s later`, idle, RECORDED_MB.idle), budget: MEMORY },
  ];
}

async function tryPeer(stage: Stage): Promise<Contender | undefined> {
  try {
    return await startPeer(stage, await peerProgram());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(
      `vault-k8s does not run here (${why}): figures recorded on another machine stand in its place, and prove nothing`,
    );
    return undefined;
  }
}

const figures = (bursts: readonly Burst[]): Figures => ({
  perSecond: median(bursts.map(({ perSecond }) => perSecond)),
  p50: median(bursts.map(({ p50 }) => p50)),
  p99: median(bursts.map(({ p99 }) => p99)),
  cpuPerRequest: median(bursts.map(({ cpuPerRequest }) => cpuPerRequest)),
});

/** The budget is for what a cluster is full of: pods of one template. */
function figureRows(load: Load, peer: Figures, ours: Figures): readonly Row[] {
  const row = (what: string, unit: string, name: keyof Figures, budget?: Budget): Row => ({
    what: `${describe(load)}, ${what}`,
    unit,
    peer: peer[name],
    ours: ours[name],
    ...(budget && !load.distinct && { budget }),
  });
  return [
    row('requests', '/s', 'perSecond', { kind: 'gain', must: 2, aim: 2.5 }),
    row('p50', 'ms', 'p50'),
    row('p99', 'ms', 'p99', { kind: 'ratio', must: 0.5, aim: 0.3 }),
    row('CPU of a request', 'µs', 'cpuPerRequest'),
  ];
}
