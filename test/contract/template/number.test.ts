import { expect, test } from 'vitest';
import { readNumber } from '#contract/template/number.ts';

test.each([
  ['0', 0n],
  ['-7', -7n],
  ['+7', 7n],
  ['1_000', 1000n],
  ['0x_1F', 31n],
  ['0b101', 5n],
  ['0o17', 15n],
  ['017', 15n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
])('%s is the integer %s', (text, integer) => {
  expect(readNumber(text)).toEqual({ integer, float: Number(integer), isFloat: false });
});

test.each([
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1e-7', 1e-7],
  ['0x1p-2', 0.25],
  ['0x1.8p1', 3],
])('%s is the float %d', (text, float) => {
  expect(readNumber(text)).toMatchObject({ float, isFloat: true });
});

test('a float without a fraction is an integer too', () => {
  expect(readNumber('1e3')).toEqual({ integer: 1000n, float: 1000, isFloat: true });
});

test.each(['08', '0x', '1__0', '1_', '0b2', '1e', '+', '1e400', '9223372036854775808'])(
  '%s is no number',
  (text) => {
    expect(readNumber(text)).toBeTypeOf('string');
  },
);
