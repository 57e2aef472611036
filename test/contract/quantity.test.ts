import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../contract/quantity.ts';

const NANOS = 10n ** 9n;

describe('a quantity', () => {
  it.each([
    ['0', 0n],
    ['1', NANOS],
    ['+1', NANOS],
    ['-1', -NANOS],
    ['100m', NANOS / 10n],
    ['0.1', NANOS / 10n],
    ['.5', NANOS / 2n],
    ['1.', NANOS],
    ['1n', 1n],
    ['1u', 1000n],
    ['1k', 1000n * NANOS],
    ['1E', 10n ** 18n * NANOS],
    ['1E3', 1000n * NANOS],
    ['12e-1', (12n * NANOS) / 10n],
    ['1Ki', 1024n * NANOS],
    ['1.5Gi', 3n * 2n ** 29n * NANOS],
    ['1Ei', 2n ** 60n * NANOS],
  ])('%s is exact', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
  });

  it('is rounded up where it is finer than a billionth, away from zero', () => {
    expect(parseQuantity('0.1n')).toBe(1n);
    expect(parseQuantity('1e-30')).toBe(1n);
    expect(parseQuantity('-0.1n')).toBe(-1n);
    expect(parseQuantity('0.0n')).toBe(0n);
  });

  it.each([
    '',
    '-',
    '.',
    'm',
    '1e',
    '1KI',
    '1ki',
    '1 Gi',
    '1Gi ',
    '1e1e1',
    '1Ge3',
    '0x1',
    '1,5',
    'Infinity',
    '1e999999999',
  ])('is not %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('says the same in thousandths and in whole', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (amount) => {
        expect(parseQuantity(`${amount}000m`)).toBe(parseQuantity(`${amount}`));
        expect(parseQuantity(`${amount}Mi`)).toBe(parseQuantity(`${amount * 1024n}Ki`));
      }),
    );
  });
});
