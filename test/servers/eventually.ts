import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until there is an answer.
 *
 * @throws {Error} With the last fault after `withinMs`.
 */
export async function eventually<T>(what: string, withinMs: number, ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`Cannot see ${what} in ${withinMs} ms`, { cause: error });
    }
    await sleep(100);
  }
}
