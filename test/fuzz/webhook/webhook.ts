import fc from 'fast-check';
import { body } from './bodies.ts';
import { type Fate, fateOf } from './surprise.ts';

/** What this process has worked, which does not grow while others have the machine. */
export function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What became of many bodies. */
export interface FuzzedBodies {
  readonly fates: Readonly<Record<Fate, number>>;
  readonly slowestMs: number;
}

const LIMIT_MS = 1000;
const ATTEMPTS = 3;

/** The least of several: what a machine did not do while it stood still may be counted as work. */
function leastMs(bytes: Buffer): number {
  const all = Array.from({ length: ATTEMPTS }, () => {
    const began = workedMs();
    fateOf(bytes);
    return workedMs() - began;
  });
  return Math.min(...all);
}

/**
 * Has the webhook answer bodies made by chance.
 *
 * @throws {Error} With the smallest found that it does not answer as it should, and the seed that leads to it.
 */
export function fuzzBodies(numRuns: number, seed: number): FuzzedBodies {
  const fates = { refused: 0, allowed: 0, injected: 0, denied: 0 };
  let slowestMs = 0;
  fc.assert(
    fc.property(body, (bytes) => {
      const began = workedMs();
      fates[fateOf(bytes)] += 1;
      const first = workedMs() - began;
      const took = first > LIMIT_MS ? leastMs(bytes) : first;
      slowestMs = Math.max(slowestMs, took);
      if (took > LIMIT_MS) throw new Error(`It took ${took.toFixed(0)} ms`);
    }),
    { numRuns, seed },
  );
  return { fates, slowestMs };
}
