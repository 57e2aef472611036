import { setTimeout as sleep } from 'node:timers/promises';

/** No time that is measured, but the end of all patience: a busy machine is slow, and may stand still for seconds. */
export const PATIENCE_MS = 60_000;

const PAUSE_MS = 100;

/** One question may take this long, however little is left. */
const ANSWER_MS = 30_000;

/**
 * Asks until there is an answer.
 *
 * @throws {Error} With the last fault after `withinMs`.
 */
export async function eventually<T>(what: string, withinMs: number, ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await inTime('an answer', Math.max(deadline - performance.now(), ANSWER_MS), ask());
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`Cannot see ${what} in ${withinMs} ms`, { cause: error });
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * Waits for what comes by itself.
 *
 * @throws {Error} If it has not come after `withinMs`.
 */
export async function inTime<T>(what: string, withinMs: number, coming: Promise<T>): Promise<T> {
  const come = new AbortController();
  const late = sleep(withinMs, undefined, { signal: come.signal }).then((): never => {
    throw new Error(`Cannot see ${what} in ${Math.round(withinMs)} ms`);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    come.abort();
  }
}
