import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, literal } from './expression.ts';

const texts = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());

describe('texts', () => {
  test.each([
    ['"AÉZ\u212A".lowerAscii()', 'aÉz\u212A'],
    ['"aéz\u017F".upperAscii()', 'AéZ\u017F'],
    ['" \\t a b\u00a0\u0085".trim()', 'a b'],
    ['"\ufeffa".trim()', '\ufeffa'],
    ['"😀ab".substring(1)', 'ab'],
    ['"😀ab".substring(0, 2)', '😀a'],
    ['"😀ab".indexOf("b")', 2n],
    ['"abab".lastIndexOf("ab")', 2n],
    ['"abc".indexOf("x")', -1n],
    ['"😀a".charAt(0)', '😀'],
    ['"ab".charAt(2)', ''],
    ['"😀a".size()', 2n],
    ['"a,b,,c".split(",")', ['a', 'b', '', 'c']],
    ['"".split(",")', ['']],
    ['"a😀".split("")', ['a', '😀']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"a,b,c".split(",", 0)', []],
    ['"a,b,c".split(",", -1)', ['a', 'b', 'c']],
    ['"a.b.c".replace(".", "$&")', 'a$&b$&c'],
    ['["a", "b"].join(", ")', 'a, b'],
    ['"a".startsWith("") && "ab".endsWith("b") && "abc".contains("b")', true],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  test.each(['"abc".substring(4)', '"abc".substring(2, 1)', '"abc".substring(-1)', '"abc".charAt(4)'])(
    '%s is out of range',
    (expression) => {
      expect(() => evaluate(expression)).toThrow('out of range');
    },
  );

  test('are put together again by what they were split by', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(',', ' -> ', '😀', '\n'), (text, separator) => {
        const by = literal(separator);
        expect(evaluate(`${literal(text)}.split(${by}).join(${by})`)).toBe(text);
      }),
    );
  });

  test('are cut and joined without losing a character', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), (text, place) => {
        const at = Math.min(place, Array.from(text).length);
        const whole = literal(text);
        expect(evaluate(`${whole}.substring(0, ${at}) + ${whole}.substring(${at})`)).toBe(text);
      }),
    );
  });
});
