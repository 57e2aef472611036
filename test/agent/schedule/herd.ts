import type { AgentState } from '../../../agent/schedule/state.ts';
import { chance, ModelStore } from './model.ts';
import { Simulation } from './simulation.ts';
import { DOWN, HOUR } from './worlds.ts';

/** Many agents, and an outage of the store that they all ask. Milliseconds. */
export interface Herd {
  readonly agents: number;
  readonly pollMs: number;
  readonly secrets: number;
  readonly outageMs: number;
  /** True if they have had their files for long; else they are all started within the outage, and wait for them. */
  readonly isSteady: boolean;
  readonly seed: number;
}

/** What the store saw once it was back. Times are milliseconds since then, ascending. */
export interface Return {
  readonly requests: readonly number[];
  /** When the last of those that the outage had hit had all its secrets again. */
  readonly recoveredAt: number;
}

const DOWN_AT = HOUR;
const AFTER_MS = HOUR / 12;

/** Plays the lives of all the agents, one by one, for a store that answers at once has no bearing on any other. */
export function playHerd(herd: Herd): Return {
  const random = chance(herd.seed);
  const lives = Array.from({ length: herd.agents }, () => playAgent(herd, random));
  return {
    requests: lives.flatMap(({ requests }) => requests).toSorted((a, b) => a - b),
    recoveredAt: Math.max(...lives.map(({ recoveredAt }) => recoveredAt)),
  };
}

function playAgent({ pollMs, secrets, outageMs, isSteady, ...herd }: Herd, chances: () => number): Return {
  const random = chance(Math.floor(chances() * 2 ** 32) + herd.seed);
  const back = DOWN_AT + outageMs;
  const simulation = new Simulation({
    store: new ModelStore(
      { ttlMs: 24 * HOUR, maxTtlMs: 48 * HOUR, renewable: true },
      new Map(Array.from({ length: secrets }, (_, index) => [`secret/${index}`, { kind: 'kv' }])),
    ),
    pollMs,
    latencyMs: () => 5 + 5 * random(),
    fault: (now) => (now >= DOWN_AT && now < back ? DOWN : undefined),
    random,
  });
  simulation.now = Math.floor(isSteady ? DOWN_AT - (2 + random()) * pollMs : DOWN_AT + outageMs * random());
  simulation.play(back - simulation.now);
  const hit = !isWell(simulation.state);
  const requests: number[] = [];
  let recoveredAt = hit ? Number.POSITIVE_INFINITY : 0;
  simulation.play(AFTER_MS, ({ now, started, state }) => {
    const asked = started.filter(({ type }) => type !== 'render');
    requests.push(...asked.map(() => now - back));
    if (isWell(state)) recoveredAt = Math.min(recoveredAt, now - back);
  });
  return { requests, recoveredAt };
}

/** True if it has its files, and the last try for each secret was good. */
export function isWell({ render, secrets }: AgentState): boolean {
  return render.firstAt !== undefined && [...secrets.values()].every(({ attempt }) => attempt.failures === 0);
}

/** How many requests there were in the busiest second of a span, over how many there were in a second of it on average. */
export function peakOverMean(requests: readonly number[], from: number, to: number): number {
  const within = requests.filter((at) => at >= from && at < to);
  const seconds = Map.groupBy(within, (at) => Math.floor((at - from) / 1000));
  const peak = Math.max(0, ...[...seconds.values()].map((second) => second.length));
  return peak / (within.length / ((to - from) / 1000));
}
