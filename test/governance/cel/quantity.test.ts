import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, literal } from './expression.ts';

const compare = (left: string, right: string): unknown =>
  evaluate(`quantity(${literal(left)}).compareTo(quantity(${literal(right)}))`);

const SUFFIXES = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [1000n, 1n],
  M: [1000n ** 2n, 1n],
  G: [1000n ** 3n, 1n],
  T: [1000n ** 4n, 1n],
  P: [1000n ** 5n, 1n],
  Ki: [1024n, 1n],
  Mi: [1024n ** 2n, 1n],
  Gi: [1024n ** 3n, 1n],
  Ti: [1024n ** 4n, 1n],
} as const;

/** A quantity, and its numerator and denominator. */
const quantities = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    whole: fc.bigInt(0n, 10n ** 12n),
    fraction: fc.option(fc.stringMatching(/^[0-9]{1,3}$/u), { nil: undefined }),
    suffix: fc.constantFrom(...(Object.keys(SUFFIXES) as (keyof typeof SUFFIXES)[])),
  })
  // Finer than a billionth is rounded, which another test is about.
  .filter(({ suffix, fraction }) => !['n', 'u'].includes(suffix) || fraction === undefined)
  .map(({ sign, whole, fraction, suffix }) => {
    const digits = fraction ?? '';
    const [times, by] = SUFFIXES[suffix];
    const amount = BigInt(`${whole}${digits}`) * times * (sign === '-' ? -1n : 1n);
    const text = `${sign}${whole}${fraction === undefined ? '' : `.${digits}`}${suffix}`;
    return { text, amount, by: by * 10n ** BigInt(digits.length) };
  });

describe('quantities', () => {
  test('compare as exact numbers do', () => {
    fc.assert(
      fc.property(quantities, quantities, (one, other) => {
        const difference = one.amount * other.by - other.amount * one.by;
        const expected = difference === 0n ? 0n : difference > 0n ? 1n : -1n;
        expect(compare(one.text, other.text)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('are greater or less as they compare', () => {
    fc.assert(
      fc.property(quantities, quantities, ({ text: one }, { text: other }) => {
        const pair = `quantity(${literal(one)})`;
        const asked = (method: string): unknown => evaluate(`${pair}.${method}(quantity(${literal(other)}))`);
        const order = compare(one, other);
        expect([asked('isGreaterThan'), asked('isLessThan')]).toEqual([order === 1n, order === -1n]);
      }),
    );
  });

  test.each([
    ['1', '1000m', 0n],
    ['0.5', '500m', 0n],
    ['1Ki', '1024', 0n],
    ['1e3', '1k', 0n],
    ['1E3', '1k', 0n],
    ['1E', '1000P', 0n],
    ['0.1n', '1n', 0n],
    ['9007199254740993', '9007199254740992', 1n],
    ['-0', '0', 0n],
    ['-1', '0', -1n],
    ['00', '0', 0n],
    ['5.', '5', 0n],
    ['.5', '0.5', 0n],
  ])('%s to %s is %s', (left, right, expected) => {
    expect(compare(left, right)).toBe(expected);
  });

  test.each(['', ' 1', '1 ', '1K', '1ki', 'one', '1.2.3', '1e', '1mm', '--1', '0x1', '1,5', '１'])(
    '%j is none',
    (text) => {
      expect(evaluate(`isQuantity(${literal(text)})`)).toBe(false);
      expect(() => evaluate(`quantity(${literal(text)})`)).toThrow('is no quantity');
    },
  );

  test('are made of the number that a manifest has, and of the text', () => {
    const object = { limits: { a: 1, b: '1', c: 0, d: '0' } };
    const positive = 'quantity(string(object.limits[r])).isGreaterThan(quantity("0"))';
    expect(evaluate(`object.limits.map(r, r).filter(r, ${positive})`, object)).toEqual(['a', 'b']);
  });

  test('have a sign, and can be added and subtracted', () => {
    expect(evaluate('sign(quantity("-3m"))')).toBe(-1n);
    expect(evaluate('quantity("1Ki").add(quantity("1")).compareTo(quantity("1025"))')).toBe(0n);
    expect(evaluate('quantity("1").sub(quantity("1m")).compareTo(quantity("999m"))')).toBe(0n);
  });
});
