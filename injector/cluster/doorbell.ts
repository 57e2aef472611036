import type { Clock } from '#platform/clock.ts';

/** Lets one wait for news or for a time, whichever comes first. What rings while nobody waits is not lost. */
export interface Doorbell {
  ring(): void;
  /** @throws {unknown} The signal's reason, when it is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createDoorbell(clock: Clock): Doorbell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms, signal) {
      signal.throwIfAborted();
      if (!rung) {
        const woken = new AbortController();
        wake = () => woken.abort();
        const stop = (): void => woken.abort();
        signal.addEventListener('abort', stop, { once: true });
        await clock.sleep(ms, woken.signal).catch(() => undefined);
        signal.removeEventListener('abort', stop);
        wake = undefined;
      }
      rung = false;
      signal.throwIfAborted();
    },
  };
}
