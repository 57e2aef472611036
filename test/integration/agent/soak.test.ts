import { expect, test } from 'vitest';
import { FAULTS } from '../../soak/record.ts';
import { soak } from '../../soak/soak.ts';
import { POLL_MS } from '../../soak/subject.ts';
import { judge } from '../../soak/verdict.ts';

/** `npm run soak` is half an hour of this. */
const OPTIONS = {
  // Longer than a slow machine needs for one round, after which it ends; too short for memory to be judged.
  durationMs: 500_000,
  seed: 1,
  pace: { quietMs: 500, longestMs: 1000 },
  rounds: 1,
  leaveToken: false,
};

test('each kind of fault once: nothing is lost, refused, torn or left over', async () => {
  const record = await soak(OPTIONS);
  expect(record.faults.map(({ kind }) => kind).toSorted()).toEqual([...FAULTS].toSorted());
  expect(judge(record, { pollMs: POLL_MS, slackMs: 60_000 })).toEqual([]);
  expect(record.connects).toBeGreaterThan(0);
  expect(record.told).toBeGreaterThan(0);
}, 900_000);
