import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NS_PER_SECOND = 1e9;

/** How late timers run. Each call gives the 99th percentile since the last one, in seconds. */
export function watchLoopLag(): () => number {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    const seconds = delays.percentile(99) / NS_PER_SECOND - RESOLUTION_MS / 1000;
    delays.reset();
    return Math.max(0, seconds);
  };
}

export interface GuardTerms {
  /** How often it is judged, each time by what happened since the last. */
  readonly windowMs: number;
  /** What half of all timers may be late by. */
  readonly limitMs: number;
}

/**
 * A second of five that the API server waits. One long pause is none of it: to be taken out of the Service for that would
 * burden the others.
 */
const GUARD: GuardTerms = { windowMs: 5000, limitMs: 1000 };

export interface LoopGuard {
  /** Undefined unless the process is too busy to answer in time; else by how many seconds timers are late. */
  lateBy(): number | undefined;
  stop(): void;
}

/** Notices a process whose answers come too late to be of use. */
export function guardLoop({ windowMs, limitMs }: GuardTerms = GUARD): LoopGuard {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let late: number | undefined;
  const timer = setInterval(() => {
    const seconds = delays.percentile(50) / NS_PER_SECOND - RESOLUTION_MS / 1000;
    delays.reset();
    late = seconds * 1000 > limitMs ? seconds : undefined;
  }, windowMs);
  timer.unref();
  return {
    lateBy: () => late,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
