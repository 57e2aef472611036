import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitCpu } from './cpu-limit.ts';
import { cpuOf, type Memory, memoryOf, type Resident, startResident } from './resident.ts';
import { type Run, time } from './stopwatch.ts';
import type { Contender, Task } from './task.ts';
import type { World } from './world.ts';

/** How long and how often to measure. */
export interface Effort {
  readonly initRounds: number;
  readonly settleMs: number;
  /** An agent lives for weeks: what an engine spends on the first minute to compile what is often called does not count. */
  readonly warmUpMs: number;
  readonly pollingMs: number;
  readonly limitRounds: number;
  readonly rotations: number;
  readonly templateRounds: number;
  readonly certificatesMs: number;
}

/** One list of results per contender, in the contenders' order. */
export type PerContender<T> = readonly (readonly T[])[];

export interface Subject {
  readonly world: World;
  readonly contenders: readonly Contender[];
}

/** The poll interval of a pod that asks for none. */
const DEFAULT_POLL_MS = 300_000;
export const POLL_MS = 1000;
const SECRETS = 3;
const MANY_SECRETS = 30;
const AGENTS_OF_A_NODE = 10;
const LIMIT_MILLICORES = 100;

/** @throws {Error} If the contenders do not render the same bytes: then they are not doing the same work. */
export async function demandSameWork(subject: Subject): Promise<void> {
  await demandSameFiles(subject, { mode: 'init', secrets: SECRETS, pollMs: DEFAULT_POLL_MS });
  await demandSameFiles(subject, templatesTask(MANY_SECRETS));
}

async function demandSameFiles({ world, contenders }: Subject, task: Task): Promise<void> {
  const texts: string[] = [];
  for (const contender of contenders) {
    const prepared = await contender.prepare(task, await world.makeDirectory());
    await time(prepared);
    texts.push((await Promise.all(prepared.files.map((file) => readFile(file, 'utf8')))).join('\0'));
  }
  if (new Set(texts).size !== 1) throw new Error('Cannot compare: the contenders render different files');
}

/** `init` from start to exit; the order of the contenders is turned round each time. */
export async function measureInit(
  { world, contenders }: Subject,
  effort: Effort,
): Promise<PerContender<Run>> {
  const task = { mode: 'init', secrets: SECRETS, pollMs: DEFAULT_POLL_MS } as const;
  return inTurns(contenders, effort.initRounds, async (contender) => {
    const prepared = await contender.prepare(task, await world.makeDirectory());
    return time(prepared);
  });
}

const templatesTask = (templates: number): Task => ({
  mode: 'init',
  secrets: 1,
  templates,
  pollMs: DEFAULT_POLL_MS,
});

/** `init` with so many templates of one secret, from start to exit. */
export async function measureTemplates(
  { world, contenders }: Subject,
  effort: Effort,
  templates: number,
): Promise<PerContender<Run>> {
  return inTurns(contenders, effort.templateRounds, async (contender) =>
    time(await contender.prepare(templatesTask(templates), await world.makeDirectory())),
  );
}

/** Ten agents of each contender at once, as on a node that runs ten pods of one image; then look at each of them. */
export async function measureMemory(
  { world, contenders }: Subject,
  effort: Effort,
): Promise<PerContender<Memory>> {
  const task = { mode: 'run', secrets: SECRETS, pollMs: DEFAULT_POLL_MS } as const;
  await using cleanup = new AsyncDisposableStack();
  const groups: Resident[][] = [];
  for (const contender of contenders) {
    const group: Resident[] = [];
    groups.push(group);
    for (let agent = 0; agent < AGENTS_OF_A_NODE; agent += 1)
      group.push(
        cleanup.use(await startResident(await contender.prepare(task, await world.makeDirectory()))),
      );
  }
  await sleep(effort.settleMs);
  return await Promise.all(groups.map((group) => Promise.all(group.map(({ pid }) => memoryOf(pid)))));
}

/** So many secrets that are read again at an interval. */
export interface Polling {
  readonly secrets: number;
  readonly pollMs: number;
}

/** CPU milliseconds per second of an agent that polls; all contenders at the same time. NaN for one that never gets ready. */
export async function measurePolling(
  { world, contenders }: Subject,
  effort: Effort,
  { secrets, pollMs }: Polling,
): Promise<PerContender<number>> {
  const task = { mode: 'run', secrets, pollMs } as const;
  await using cleanup = new AsyncDisposableStack();
  const agents: (Resident | undefined)[] = [];
  for (const contender of contenders) {
    const prepared = await contender.prepare(task, await world.makeDirectory());
    const agent = await startResident(prepared).catch(() => undefined);
    agents.push(agent && cleanup.use(agent));
  }
  const cpu = (): Promise<number[]> =>
    Promise.all(agents.map((agent) => (agent === undefined ? Promise.resolve(NaN) : cpuOf(agent.pid))));
  await sleep(Math.max(effort.warmUpMs, 2 * POLL_MS));
  const before = await cpu();
  const begin = performance.now();
  await sleep(Math.max(effort.pollingMs, 2 * pollMs));
  const seconds = (performance.now() - begin) / 1000;
  const after = await cpu();
  return after.map((end, index) => [(end - (before[index] ?? NaN)) / seconds]);
}

/** Start to ready under a CPU limit; undefined where none can be set. */
export async function measureLimitedStart(
  { world, contenders }: Subject,
  effort: Effort,
): Promise<PerContender<number> | undefined> {
  const task = { mode: 'run', secrets: SECRETS, pollMs: DEFAULT_POLL_MS } as const;
  await using limit = await limitCpu(LIMIT_MILLICORES);
  if (limit === undefined) return undefined;
  return await inTurns(contenders, effort.limitRounds, async (contender) => {
    const prepared = await contender.prepare(task, await world.makeDirectory());
    await using agent = await startResident(prepared, limit.wrapper);
    return agent.readyMs;
  });
}

/** Change in the store to change of the file, all contenders watching the same secret, at random moments of the poll. */
export async function measureRotation(
  { world, contenders }: Subject,
  effort: Effort,
): Promise<PerContender<number>> {
  const task = { mode: 'run', secrets: SECRETS, pollMs: POLL_MS } as const;
  await using cleanup = new AsyncDisposableStack();
  const agents: Resident[] = [];
  for (const contender of contenders)
    agents.push(cleanup.use(await startResident(await contender.prepare(task, await world.makeDirectory()))));
  const lags: number[][] = contenders.map(() => []);
  for (let change = 0; change < effort.rotations; change += 1) {
    await sleep(Math.random() * POLL_MS);
    const value = `change-${change}-`;
    const begin = performance.now();
    await world.write(0, value);
    const found = await Promise.all(agents.map(({ files }) => untilHolds(files[0] ?? '', value)));
    for (const [index, moment] of found.entries()) lags[index]?.push(moment - begin);
  }
  return lags;
}

async function untilHolds(file: string, value: string): Promise<number> {
  const deadline = performance.now() + 20 * POLL_MS;
  while (!(await readFile(file, 'utf8')).includes(value)) {
    if (performance.now() > deadline) throw new Error(`Cannot measure: ${file} never got the new value`);
    await sleep(2);
  }
  return performance.now();
}

async function inTurns<T>(
  contenders: readonly Contender[],
  rounds: number,
  measure: (contender: Contender) => Promise<T>,
): Promise<T[][]> {
  const results: T[][] = contenders.map(() => []);
  // The first round warms the page cache and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...contenders.entries()];
    for (const [index, contender] of round % 2 === 0 ? order : order.toReversed()) {
      const result = await measure(contender);
      if (round > 0) results[index]?.push(result);
    }
  }
  return results;
}
