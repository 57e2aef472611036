import fc from 'fast-check';
import { expect, test } from 'vitest';
import { surprise, template } from '../agent/template/generated.ts';

const TIME_MS = 20_000;

/** However slow the machine is. */
const AT_LEAST = 10_000;

const AT_ONCE = 1_000;

test('for 20 seconds no template made by chance ends in anything but a text or an error meant for it', () => {
  const end = performance.now() + TIME_MS;
  const property = fc.property(template, (text) => {
    expect(surprise(text)).toBeUndefined();
  });
  for (let made = 0; made < AT_LEAST || performance.now() < end; made += AT_ONCE)
    fc.assert(property, { numRuns: AT_ONCE });
}, 600_000);
