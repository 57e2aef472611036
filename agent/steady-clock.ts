import { type Clock, systemClock } from '#platform/clock.ts';

/** When this process started, in milliseconds since the epoch. (`performance` says so, too, but would have to be loaded.) */
export const startedAt = Date.now() - process.uptime() * 1000;

/** The wall clock as it was at the start, moved on by the steady one: a step of the system's time moves no renewal. */
export const steadyClock: Clock = {
  now: () => Math.floor(startedAt + process.uptime() * 1000),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};
