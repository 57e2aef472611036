import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCoverage } from '../../../governance/audit/coverage.ts';
import { has, type Ranges, withOne } from '../../../governance/audit/kept/ranges.ts';

const LONGEST = 10;

/** What it is to say, from all moments at once. */
function holesIn(moments: readonly number[]) {
  const sorted = [...new Set(moments)].toSorted((one, other) => one - other);
  return sorted
    .map((to, index) => ({ from: sorted[index - 1] ?? to, to }))
    .filter(({ from, to }) => to - from > LONGEST);
}

describe('coverage', () => {
  test('property: finds the same silences in whatever order the moments come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 40 }), (moments) => {
        const coverage = createCoverage(LONGEST);
        for (const moment of moments) coverage.add(moment);
        expect(coverage.holes()).toEqual(holesIn(moments));
        expect(coverage.whole()).toEqual({ from: Math.min(...moments), to: Math.max(...moments) });
      }),
      { numRuns: 500 },
    );
  });

  test('of nothing is nothing', () => {
    expect(createCoverage(LONGEST).whole()).toBeUndefined();
    expect(createCoverage(LONGEST).holes()).toEqual([]);
  });

  test('forgets the oldest silences rather than fill the memory', () => {
    const coverage = createCoverage(LONGEST);
    for (let moment = 0; moment < 12_000; moment += 1) coverage.add(moment * 100);
    expect(coverage.holes()).toHaveLength(9999);
  });
});

describe('ranges', () => {
  test('property: hold what was put in and nothing else, and never two that touch', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 40 }), (values) => {
        const ranges = values.reduce<Ranges>(withOne, []);
        for (let value = -1; value <= 41; value += 1) expect(has(ranges, value)).toBe(values.includes(value));
        const touching = ranges.filter(([from]) => ranges.some(([, to]) => to + 1 === from));
        expect(touching).toEqual([]);
      }),
    );
  });
});
