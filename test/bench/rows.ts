import type { Budget, Row } from './budget.ts';
import { measureLifeLeft } from './certificates.ts';
import {
  demandSameWork,
  type Effort,
  measureInit,
  measureLimitedStart,
  measureMemory,
  measurePolling,
  measureRotation,
  measureTemplates,
  POLL_MS,
  type Polling,
} from './measure.ts';
import { mean, median, quantile } from './statistics.ts';
import type { Run } from './stopwatch.ts';
import type { Contender } from './task.ts';
import type { World } from './world.ts';

/** Raw results turned into one figure per contender and held against a budget. */
interface Figure<T> {
  readonly what: string;
  readonly unit: string;
  readonly of: (results: readonly T[]) => number;
  readonly budget?: Budget;
}

const ratio = (must: number, aim: number): Budget => ({ kind: 'ratio', must, aim });
const limit = (must: number, aim: number): Budget => ({ kind: 'limit', must, aim });
const least = (must: number, aim: number): Budget => ({ kind: 'least', must, aim });

/** A file follows its secret by the poll interval and this much at most. */
const ROTATION_MARGIN_MS = 100;

const TEMPLATES = [1, 30, 1000] as const;

const POLLING: readonly (Polling & { readonly budget?: Budget })[] = [
  { secrets: 3, pollMs: POLL_MS },
  { secrets: 30, pollMs: POLL_MS, budget: ratio(0.1, 0.05) },
  // As often would be more than the server answers.
  { secrets: 1000, pollMs: 30 * POLL_MS },
];

/** Microseconds that each template costs between the least and the most of them, per contender. */
function perTemplate(runs: readonly (readonly (readonly Run[])[])[]): number[][] {
  const [few = [], most = []] = [runs[0], runs.at(-1)];
  const cpu = (all: readonly Run[] | undefined): number => median((all ?? []).map(({ cpuMs }) => cpuMs));
  return few.map((all, contender) => [((cpu(most[contender]) - cpu(all)) * 1000) / (1000 - 1)]);
}

/** One list of rows per contender but the first, which is the peer. */
export async function measureAll(
  world: World,
  contenders: readonly Contender[],
  effort: Effort,
  announce: (what: string) => void,
): Promise<Row[][]> {
  const subject = { world, contenders };
  const columns: Row[][] = contenders.slice(1).map(() => []);
  const add = <T>(results: readonly (readonly T[])[], figures: readonly Figure<T>[]): void => {
    for (const { what, unit, of, budget } of figures) {
      const [peer = NaN, ...others] = results.map(of);
      for (const [index, ours] of others.entries())
        columns[index]?.push({ what, unit, peer, ours, ...(budget === undefined ? {} : { budget }) });
    }
  };
  await demandSameWork(subject);
  announce('init, 3 secrets over TLS');
  add(await measureInit(subject, effort), [
    {
      what: 'init, wall',
      unit: 'ms',
      of: (runs) => median(runs.map(({ wallMs }) => wallMs)),
      budget: ratio(0.7, 0.5),
    },
    {
      what: 'init, CPU',
      unit: 'ms',
      of: (runs) => median(runs.map(({ cpuMs }) => cpuMs)),
      budget: ratio(0.7, 0.5),
    },
  ]);
  announce('1, 30 and 1,000 templates');
  const runs = [];
  for (const count of TEMPLATES) {
    const times = await measureTemplates(subject, effort, count);
    runs.push(times);
    add(times, [
      { what: `${count} templates, CPU`, unit: 'ms', of: (all) => median(all.map(({ cpuMs }) => cpuMs)) },
    ]);
  }
  add(perTemplate(runs), [
    { what: 'each further template, CPU', unit: 'µs', of: mean, budget: ratio(1, 0.5) },
  ]);
  announce('ten steady agents each');
  add(await measureMemory(subject, effort), [
    {
      what: 'steady, private',
      unit: 'MB',
      of: (all) => median(all.map(({ anonymous }) => anonymous)),
      budget: ratio(1.3, 1),
    },
    {
      what: 'steady, RSS',
      unit: 'MB',
      of: (all) => median(all.map(({ rss }) => rss)),
      budget: ratio(0.85, 0.7),
    },
    {
      what: 'steady, PSS each of ten',
      unit: 'MB',
      of: (all) => mean(all.map(({ pss }) => pss)),
      budget: ratio(0.9, 0.6),
    },
  ]);
  const reads: number[][] = [];
  for (const polling of POLLING) {
    const title = `${polling.secrets.toLocaleString('en')} secrets every ${polling.pollMs / POLL_MS} s`;
    announce(title);
    const loads = await measurePolling(subject, effort, polling);
    const readsPerSecond = (polling.secrets * 1000) / polling.pollMs;
    reads.push(loads.map((all) => mean(all) / readsPerSecond));
    const budget = polling.budget && { budget: polling.budget };
    add(loads, [{ what: `${title}, CPU`, unit: 'ms/s', of: mean, ...budget }]);
  }
  const [, some = [], most = []] = reads;
  add(
    most.map((each, contender) => [each / (some[contender] ?? NaN)]),
    [{ what: 'a read of 1,000 to one of 30, CPU', unit: '×', of: mean, budget: limit(1.5, 1.2) }],
  );
  announce('start under a 100m CPU limit');
  const limited = await measureLimitedStart(subject, effort);
  if (limited === undefined) announce('  not measured: it takes root and the CPU controller of cgroups');
  else
    add(limited, [{ what: 'start to ready at 100m CPU', unit: 'ms', of: median, budget: limit(1500, 1000) }]);
  announce('rotation at a poll interval of 1 s');
  const [must, aim] = [POLL_MS + ROTATION_MARGIN_MS, POLL_MS + ROTATION_MARGIN_MS];
  add(await measureRotation(subject, effort), [
    { what: 'change to file, p50', unit: 'ms', of: median },
    { what: 'change to file, p99', unit: 'ms', of: (lags) => quantile(lags, 0.99), budget: limit(must, aim) },
  ]);
  announce('certificates of a few seconds');
  add(await measureLifeLeft(subject, effort), [
    { what: 'life left when replaced, median', unit: '%', of: median },
    {
      what: 'life left when replaced, least',
      unit: '%',
      of: (all) => Math.min(...all),
      budget: least(33, 50),
    },
  ]);
  return columns;
}
