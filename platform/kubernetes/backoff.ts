const BASE_MS = 250;
const CAP_MS = 30_000;
/** Full jitter may draw nothing at all, and a server that is down is not to be asked in a tight loop. */
const FLOOR_MS = 50;
/** A server that asks for more than this is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * Milliseconds until the next try after so many failures in a row (1 or more): exponential from 250 ms to 30 s with full
 * jitter, and at least what the server asks for.
 */
export function backoffMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const jittered = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures - 1, 16)) * random();
  const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS) * (1 + 0.1 * random());
  return Math.ceil(Math.max(FLOOR_MS, jittered, asked));
}
