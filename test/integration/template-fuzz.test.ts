import fc from 'fast-check';
import { expect, test } from 'vitest';
import { surprise, template } from '../agent/template/generated.ts';

const TIME_MS = 20_000;

test('for 20 seconds no template made by chance ends in anything but a text or an error meant for it', () => {
  let count = 0;
  fc.assert(
    fc.property(template, (text) => {
      count += 1;
      expect(surprise(text)).toBeUndefined();
    }),
    { numRuns: 10_000_000, interruptAfterTimeLimit: TIME_MS, markInterruptAsFailure: false },
  );
  expect(count).toBeGreaterThan(10_000);
});
