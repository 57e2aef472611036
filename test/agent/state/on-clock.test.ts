import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { onClock } from '../../../agent/state/on-clock.ts';
import { revealed, STATE } from './saved-state.ts';

const BOOT = 'b007';
const AT = 3;

/** Every time in a state, by where it stands. */
function timesIn(value: unknown, place = ''): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, number][] =>
      key.endsWith('At') && typeof item === 'number'
        ? [[`${place}.${key}`, item]]
        : Object.entries(timesIn(item, `${place}.${key}`)),
    ),
  );
}

const times = (state: typeof STATE): Record<string, number> => timesIn(revealed(state));

test('a correction of the time moves every time in the state with it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (step) => {
      const moved = onClock(STATE, { at: AT + step, boot: BOOT });
      const before = Object.entries(times(STATE));
      expect(before.length).toBeGreaterThan(12);
      expect(times(moved)).toEqual(Object.fromEntries(before.map(([place, at]) => [place, at + step])));
    }),
  );
});

test('nothing else is moved, and back again all is as it was', () => {
  const there = onClock(STATE, { at: AT + 18_000_000, boot: BOOT });
  const back = onClock({ ...there, clock: { at: AT + 18_000_000, boot: BOOT } }, { at: AT, boot: BOOT });
  expect(revealed({ ...back, clock: { at: AT, boot: BOOT } })).toEqual(revealed(STATE));
});

test.each([
  ['another start of the machine', STATE, { at: 99, boot: 'other' }],
  ['a start that the machine does not tell', { ...STATE, clock: { at: AT, boot: '' } }, { at: 99, boot: '' }],
])('of %s nothing can be told', (_, saved, now) => {
  expect(onClock(saved, now)).toBe(saved);
});

test('what an older release wrote stays as it is', () => {
  const { clock: _clock, ...older } = STATE;
  expect(onClock(older, { at: 99, boot: BOOT })).toBe(older);
});
