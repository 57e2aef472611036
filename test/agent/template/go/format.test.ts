import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rendered } from '../rendering.ts';

const float = fc.double({ noNaN: true, noDefaultInfinity: true });

/** JavaScript writes the negative zero without its sign. */
const digits = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const printf = (format: string, value: string): string =>
  rendered(`{{ printf "${format}" (parseFloat "${value}") }}`);

describe('a double', () => {
  test('prints the digits that the platform prints', () => {
    fc.assert(
      fc.property(float, (value) => {
        expect(Number(printf('%v', digits(value)))).toBe(value);
        expect(Number(printf('%e', digits(value))).toPrecision(6)).toBe(
          Number(value.toExponential(6)).toPrecision(6),
        );
      }),
    );
  });

  test('is rounded half to even, exactly', () => {
    expect(['0.5', '1.5', '2.5', '-0.5'].map((value) => printf('%.0f', value))).toEqual([
      '0',
      '2',
      '2',
      '-0',
    ]);
    expect(printf('%.1f', '0.25')).toBe('0.2');
    expect(printf('%.2f', '1.005')).toBe('1.00');
    expect(printf('%.30f', '0.1')).toBe('0.100000000000000005551115123126');
  });

  test('changes to exponents as Go does', () => {
    expect(
      ['100000', '1000000', '21000000', '0.0001', '0.00001'].map((value) => printf('%v', value)),
    ).toEqual(['100000', '1e+06', '2.1e+07', '0.0001', '1e-05']);
  });

  test('without an end has a sign', () => {
    expect(['inf', '-inf', 'nan'].map((value) => printf('%6.1f|%v', value))).toEqual(
      // The second verb finds no operand left.
      ['  +Inf|%!v(MISSING)', '  -Inf|%!v(MISSING)', '   NaN|%!v(MISSING)'],
    );
  });

  test('in binary forms is the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), (value) => {
        const [mantissa = '', power = ''] = printf('%b', value.toExponential()).split('p');
        expect(Number(mantissa) * 2 ** Number(power)).toBe(value);
        const [, lead = '', fraction = '', exponent = ''] =
          /^0x([01])(?:\.([\da-f]+))?p([+-]\d+)$/u.exec(printf('%x', value.toExponential())) ?? [];
        const significand = Number(`0x${lead}${fraction}`) / 16 ** fraction.length;
        expect(significand * 2 ** Number(exponent)).toBe(value);
      }),
    );
  });
});

test('an integer in any base is what the platform writes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const text = rendered(
        `{{ printf "%d %x %o %b" (parseInt "${value}") (parseInt "${value}") (parseInt "${value}") (parseInt "${value}") }}`,
      );
      expect(text).toBe([10, 16, 8, 2].map((base) => value.toString(base)).join(' '));
    }),
  );
});
