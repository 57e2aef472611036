import { type Clock, systemClock } from '#platform/clock.ts';

/** The wall clock as it was at the start, moved on by the steady one: a step of the system's time moves no renewal. */
export const steadyClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};
