import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for so long, or until it is asked to stop. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
}

/** Does something again and again, with a pause after each time, until it is asked to stop. */
export async function repeat(everyMs: number, stop: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await act();
    await pause(everyMs, stop);
  }
}
