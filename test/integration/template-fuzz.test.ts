import fc from 'fast-check';
import { expect, test } from 'vitest';
import { surprise, template } from '../agent/template/generated.ts';

const TIME_MS = 20_000;

/** However slow the machine is. */
const AT_LEAST = 10_000;

test('for 20 seconds no template made by chance ends in anything but a text or an error meant for it', () => {
  const begun = performance.now();
  const property = fc.property(template, (text) => {
    expect(surprise(text)).toBeUndefined();
  });
  fc.assert(property, { numRuns: AT_LEAST });
  const left = Math.max(TIME_MS - (performance.now() - begun), 1);
  const endless = { numRuns: 10_000_000, interruptAfterTimeLimit: left, markInterruptAsFailure: false };
  fc.assert(property, endless);
}, 600_000);
