import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryDelay, type Urgency } from '../../../agent/schedule/attempt.ts';

const LEAST = 0;
const MOST = 1 - 1e-9;

/** The shortest and the longest pause after so many failures. */
const range = (failures: number, urgency: Urgency = {}): [number, number] => [
  retryDelay(failures, () => LEAST, urgency),
  retryDelay(failures, () => MOST, urgency),
];

describe('the pause after a failure', () => {
  test('doubles from 250 ms to 30 s, and a half of it is left to chance', () => {
    const ranges = [1, 2, 3, 7, 8, 1000].map((failures) => range(failures));
    expect(ranges).toEqual([
      [125, 250],
      [250, 500],
      [500, 1000],
      [8000, 16_000],
      [15_000, 30_000],
      [15_000, 30_000],
    ]);
  });

  test('is as long as can be from the second failure on, if nothing hangs on it', () => {
    expect([1, 2, 9].map((failures) => range(failures, { calm: true }))).toEqual([
      [125, 250],
      [15_000, 30_000],
      [15_000, 30_000],
    ]);
    expect(range(2, { calm: true, mostMs: 10_000 })).toEqual([5000, 10_000]);
  });

  test('lets several tries fit in what is left of a life', () => {
    expect(range(20, { leftMs: 20_000 })).toEqual([2500, 5000]);
    expect(range(1, { leftMs: 20_000 })).toEqual([125, 250]);
    // Of what has ended nothing is to be saved.
    expect(range(20, { leftMs: -1 })).toEqual([15_000, 30_000]);
  });

  test('is never less than what the server asks for, and never so short as to be none', () => {
    expect(range(1, { retryAfterMs: 7000 })).toEqual([7000, 7700]);
    expect(range(1, { leftMs: 4 })).toEqual([50, 50]);
  });

  test('is in whole milliseconds between 50 ms and the longest of what bounds it', () => {
    const urgency = fc.record(
      {
        leftMs: fc.oneof(fc.integer({ min: -10, max: 1e7 }), fc.constant(Number.POSITIVE_INFINITY)),
        mostMs: fc.integer({ min: 500, max: 1e7 }),
        calm: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const chance = fc.double({ min: 0, max: MOST, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), chance, urgency, (failures, random, bounds) => {
        const pause = retryDelay(failures, () => random, bounds);
        expect(Number.isInteger(pause)).toBe(true);
        expect(pause).toBeGreaterThanOrEqual(50);
        const { leftMs = -1, mostMs = 30_000 } = bounds;
        const longest = Math.min(30_000, mostMs, leftMs > 0 ? leftMs / 4 : 30_000);
        expect(pause).toBeLessThanOrEqual(Math.max(50, Math.ceil(longest)));
      }),
    );
  });
});
