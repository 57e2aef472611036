import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../injector/annotations/duration.ts';

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1h2m3s4ms', 3_723_004],
    ['768h', 2_764_800_000],
    ['1.5h', 5_400_000],
    ['1.1s', 1100],
    ['.5s', 500],
    ['2.s', 2000],
    ['1500us', 2],
    ['1000µs', 1],
    ['1000μs', 1],
    ['100ns', 0],
    ['0', 0],
    ['0s', 0],
    ['1s1s', 2000],
  ])('of "%s" is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['nothing', ''],
    ['a bare number', '30'],
    ['a unit alone', 's'],
    ['a point alone', '.s'],
    ['two points', '1.2.3s'],
    ['an unknown unit', '1d'],
    ['a capital unit', '5M'],
    ['a space between', '5 m'],
    ['a space around', ' 5m'],
    ['a line end', '5m\n'],
    ['a sign', '-5m'],
    ['a plus', '+5m'],
    ['an exponent', '1e3s'],
    ['a number after the last unit', '1h30'],
    ['digits of another script', '٣s'],
    ['more than 64 bits of nanoseconds', '2562048h'],
    ['more than a number holds', `${'9'.repeat(400)}h`],
  ])('is not made of %s: "%s"', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('is the sum of its parts', () => {
    const part = fc.tuple(fc.nat(1000), fc.constantFrom('h', 'm', 's', 'ms'));
    const sizes = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const total = parts.reduce((sum, [amount, unit]) => sum + amount * sizes[unit], 0);
        expect(parseDuration(parts.map(([amount, unit]) => `${amount}${unit}`).join(''))).toBe(total);
      }),
    );
  });

  test('of a hundred thousand digits is refused in a blink', () => {
    const begin = performance.now();
    expect(parseDuration('1'.repeat(100_000))).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(500);
  });
});
