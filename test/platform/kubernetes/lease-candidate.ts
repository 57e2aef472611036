import type { KubernetesError } from '#platform/kubernetes/errors.ts';
import { lead } from '#platform/kubernetes/lease.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { type Fate, LeaseWorld, PROMPT } from './lease-world.ts';
import { failureOf } from './scripted-api.ts';

/** A candidate whose work lasts until it is lost, if nothing else is said. */
export interface Candidate {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
  readonly faults: KubernetesError[];
  /** What the work saw: `began`, then `lost` with the reason. */
  readonly diary: string[];
  fate: Fate;
}

export const untilLost = (lost: AbortSignal): Promise<void> =>
  new Promise((_resolve, reject) => {
    lost.addEventListener('abort', () => reject(lost.reason as Error), { once: true });
  });

export function run(
  world: LeaseWorld,
  clock: SteeredClock,
  identity: string,
  work: (lost: AbortSignal) => Promise<void> = untilLost,
): Candidate {
  const stop = new AbortController();
  const running: Candidate = {
    stop,
    ended: Promise.resolve(),
    faults: [],
    diary: [],
    fate: PROMPT,
  };
  const election = {
    namespace: 'sidekey',
    name: 'sync',
    identity,
    clock,
    random: () => 0,
    onFault: (error: KubernetesError) => void running.faults.push(error),
  };
  const observed = async (lost: AbortSignal): Promise<void> => {
    running.diary.push('began');
    lost.addEventListener('abort', () => running.diary.push('lost'), { once: true });
    await work(lost);
    running.diary.push('done');
  };
  const ended = failureOf(
    lead(
      world.client(() => running.fate),
      election,
      observed,
      stop.signal,
    ),
  );
  return Object.assign(running, { ended });
}

export function scene(): { readonly clock: SteeredClock; readonly world: LeaseWorld } {
  const clock = new SteeredClock();
  return { clock, world: new LeaseWorld(clock) };
}
