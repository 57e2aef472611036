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
