/** The wall clock and waiting: passed in wherever time matters, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Waits; any length is allowed, for waits are cut into what a timer can hold.
   *
   * @throws {unknown} The signal's reason, if it is aborted before.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A longer `setTimeout` overflows and fires at once; Vault's default lease, 768 h, is longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => {
      clearTimeout(handle);
      reject(signal.reason as Error);
    };
    const handle = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= LONGEST_TIMER_MS)
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
    signal.throwIfAborted();
  },
};
