import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeText } from '#contract/template/bytes.ts';
import { unquote, unquoteCharacter } from '#contract/template/quote.ts';

test.each([
  ['"plain é 😀"', 'plain é 😀'],
  [String.raw`"\a\b\f\n\r\t\v\\\""`, '\u0007\b\f\n\r\t\v\\"'],
  [String.raw`"\x41\101\u00e9\U0001F600"`, 'AAé😀'],
  [String.raw`"\xc3\xa9"`, 'é'],
])('the string %s is %j', (quoted, value) => {
  expect(unquote(quoted)).toBe(value);
});

test('a byte that is not UTF-8 stays that byte', () => {
  expect([...encodeText(unquote(String.raw`"\xff\376"`) ?? '')]).toEqual([0xff, 0xfe]);
});

test.each([
  String.raw`"\q"`,
  String.raw`"\'"`,
  String.raw`"\400"`,
  String.raw`"\u12"`,
  String.raw`"\ud800"`,
  String.raw`"\U00110000"`,
])('the string %s is refused', (quoted) => {
  expect(unquote(quoted)).toBeUndefined();
});

test('a character constant is one code point', () => {
  expect(
    ["'a'", "'é'", "'😀'", String.raw`'\n'`, String.raw`'\''`, String.raw`'\x41'`].map(unquoteCharacter),
  ).toEqual([97, 233, 0x1f600, 10, 39, 65]);
  expect(["''", "'ab'", String.raw`'\"'`].map(unquoteCharacter)).toEqual([undefined, undefined, undefined]);
});

test('what JSON quotes with its short escapes, Go reads back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(unquote(JSON.stringify(text))).toBe(text);
    }),
  );
});
