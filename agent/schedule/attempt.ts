import { type Backoff, USUAL_BACKOFF } from '#contract/backoff.ts';
import type { FailureCode } from '../provider/errors.ts';

/** Why something could not be done. Safe to show: neither a secret nor an answer's body stands in it. */
export interface Failure {
  readonly code: FailureCode | 'template' | 'format' | 'render' | 'notify' | 'internal';
  /** For the person who can mend it. */
  readonly message: string;
  /** True if it passes by itself. */
  readonly transient: boolean;
  readonly retryAfterMs?: number;
}

/** How often in a row something has failed. */
export interface Attempt {
  readonly failures: number;
  /** The last failure; absent after a success. */
  readonly failure?: Failure;
  /** When the present row of faults that waiting cannot mend began. */
  readonly stuckSince?: number;
}

export const FRESH: Attempt = { failures: 0 };

/** The attempt after one more failure. */
export function fail({ failures, stuckSince }: Attempt, failure: Failure, now: number): Attempt {
  const attempt = { failures: failures + 1, failure };
  return failure.transient ? attempt : { ...attempt, stuckSince: stuckSince ?? now };
}

/** However little is left: a server that is down is not to be asked in a tight loop. */
const FLOOR_MS = 50;
/** A server that asks for more than this is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** Milliseconds for which a server has asked to be left alone, as far as that is heeded. */
export const cappedPause = (retryAfterMs = 0): number => Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);

export interface Urgency {
  /** What the server asked for: waited out, whatever the jitter says. */
  readonly retryAfterMs?: number | undefined;
  /** What is left of the life that hangs on it: several tries are to fit in. */
  readonly leftMs?: number;
  /** Never to wait longer, unless the server asks for it. */
  readonly mostMs?: number;
  /** Whoever asked for it wants other pauses. */
  readonly backoff?: Backoff | undefined;
  /** Nothing hangs on it: tried once more soon, for connections are cut, and then as seldom as that allows. */
  readonly calm?: boolean;
}

/**
 * Milliseconds until the next try after so many failures in a row (1 or more): exponential from 250 ms to 30 s. A half of it
 * is left to chance, so that agents do not march in step. With all of it left to chance, more of them than not would be about
 * to try at any moment, and fall upon a store in the first seconds after an outage.
 */
export function retryDelay(
  failures: number,
  random: () => number,
  { retryAfterMs, ...urgency }: Urgency = {},
): number {
  const drawn = longestPause(failures, urgency) * (0.5 + 0.5 * random());
  const asked = cappedPause(retryAfterMs) * (1 + 0.1 * random());
  return Math.ceil(Math.max(FLOOR_MS, drawn, asked));
}

function longestPause(
  failures: number,
  { leftMs = 0, backoff = USUAL_BACKOFF, calm = false, ...urgency }: Omit<Urgency, 'retryAfterMs'>,
): number {
  const { leastMs, mostMs: cap } = backoff;
  const grown = calm && failures > 1 ? cap : leastMs * 2 ** Math.min(failures - 1, 16);
  return Math.min(cap, grown, urgency.mostMs ?? cap, leftMs > 0 ? leftMs / 4 : cap);
}

/** A pod that waits for its first files keeps accelerators idle: as urgent as a life that is about to end. */
const WAITING_POD_MS = 20_000;

/** What hangs on the next try where no lease does: the start of the pod, until its first files are there, unless it says itself how often. */
export function patience({ transient }: Failure, started: boolean, backoff?: Backoff): number {
  return transient && !started && backoff === undefined ? WAITING_POD_MS : 0;
}

/** True if asking again for a renewal is of no use: only a replacement helps. */
export const isRefusal = (failure: Failure): boolean => !failure.transient || failure.code === 'lease_gone';
