import { expect, test } from 'vitest';
import { rendered } from '../rendering.ts';

const now = new Date('2026-02-03T16:05:09.070Z');

test.each([
  ['', '2026-02-03T16:05:09Z'],
  ['"unix"', '1770134709'],
  ['"2006-01-02"', '2026-02-03'],
  ['"Mon Jan _2 15:04:05 2006"', 'Tue Feb  3 16:05:09 2026'],
  ['"Monday, January 2, 06 3:4:5 PM pm 03"', 'Tuesday, February 3, 26 4:5:9 PM pm 04'],
  ['"15:04:05.000000 .999 ,0"', '16:05:09.070000 .07 ,0'],
  ['"002 __2 Z07:00 -07:00 -0700 -07 MST Z0700"', '034  34 Z +00:00 +0000 +00 UTC Z'],
  ['"Janet Monster 1/2"', 'Janet Monster 2/3'],
])('timestamp %s is %s', (layout, expected) => {
  expect(rendered(`{{ timestamp ${layout} }}`, { now })).toBe(expected);
});
