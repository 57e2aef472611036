import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Judge, percentile, runSyncLoad } from '../../load/sync.ts';
import { POLL_MS, Stage } from './stage.ts';

/** The bound is the interval at which the store is asked, and a second for everything else. */
const BOUND_MS = POLL_MS + 1000;
const LOAD = { secrets: 200, projects: 20, seconds: 20 };

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test('many Secrets of many projects follow a change a second, each project read once per poll', async () => {
  const isInTime: Judge = (seen) => percentile(seen.delays, 99) < BOUND_MS;
  const { delays, lost, readsPerPoll } = await runSyncLoad(stage, LOAD, isInTime);
  expect(lost).toBe(0);
  expect(percentile(delays, 99)).toBeLessThan(BOUND_MS);
  // Polls come up to a tenth early.
  expect(readsPerPoll).toBeLessThan(LOAD.projects * 1.2);
  expect(readsPerPoll).toBeGreaterThan(LOAD.projects * 0.5);
}, 600_000);
