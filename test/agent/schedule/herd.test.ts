import { describe, expect, test } from 'vitest';
import { type Herd, peakOverMean, playHerd } from './herd.ts';

/** Each seed is one life of all of them: what is found is the same in every run. */
const HERD = { agents: 2000, pollMs: 60_000, secrets: 1, seed: 42 };

const CASES: readonly (Pick<Herd, 'outageMs' | 'isSteady'> & Partial<Herd>)[] = [
  { outageMs: 20_000, isSteady: true },
  { outageMs: 40_000, isSteady: true },
  { outageMs: 40_000, isSteady: true, secrets: 3, agents: 1000 },
  { outageMs: 60_000, isSteady: true },
  { outageMs: 300_000, isSteady: true },
  { outageMs: 40_000, isSteady: false },
  { outageMs: 300_000, isSteady: false, secrets: 3 },
];

describe.each(CASES)(
  'when a store comes back after $outageMs ms (agents with files: $isSteady)',
  (change) => {
    const { requests, recoveredAt } = playHerd({ ...HERD, ...change });

    test('no second sees more than twice as many requests as the mean until the last agent is served', () => {
      expect(peakOverMean(requests, 0, recoveredAt)).toBeLessThanOrEqual(2);
    });

    test('every agent is served within the longest pause', () => {
      expect(recoveredAt).toBeLessThan(change.isSteady ? 30_100 : 5100);
    });

    test('the agents do not march in step from then on', () => {
      const settled = Math.ceil(recoveredAt / 1000) * 1000 + 1000;
      expect(peakOverMean(requests, settled, 300_000)).toBeLessThanOrEqual(2.5);
    });
  },
);

test('agents that are started together spread their reads over the whole interval', () => {
  const { requests } = playHerd({ ...HERD, outageMs: 1, isSteady: false });
  expect(peakOverMean(requests, 1000, 300_000)).toBeLessThanOrEqual(2.5);
});

describe('the busiest second over the mean', () => {
  test('is one for an even stream, and the number of seconds for one burst', () => {
    const even = Array.from({ length: 100 }, (_, index) => index * 100);
    expect(peakOverMean(even, 0, 10_000)).toBe(1);
    expect(
      peakOverMean(
        Array.from({ length: 5 }, () => 3500),
        0,
        10_000,
      ),
    ).toBe(10);
  });
});
