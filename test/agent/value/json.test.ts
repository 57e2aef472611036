import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, serialiseJson } from '../../../agent/value/json.ts';
import { isValueMap, JsonNumber, mapAt, numberAt, stringAt, type Value } from '../../../agent/value/value.ts';

/** A number as a store may write it: no double holds most of these. */
const numberToken = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 30n }),
    fc.oneof(
      fc.constant(''),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map((digits) => `.${digits}0`),
    ),
    fc.constantFrom('', 'e3', 'E+07', 'e-12'),
  )
  .map((parts) => parts.join(''));

/** Without a backslash: after one, `JSON.parse` of Node 24 and 26 reads other keys wrong (nodejs/node#63785). */
const key = fc
  .oneof(fc.constantFrom('__proto__', 'constructor', 'toString', '', '10', '2'), fc.string())
  .map((text) => text.replaceAll('\\', '/'));

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'grapheme' }),
    numberToken.map((token) => new JsonNumber(token)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}));

describe('a value written as JSON and read again', () => {
  test('is the same, digit for digit and key for key', () => {
    fc.assert(
      fc.property(value, (original) => {
        expect(parseJson(serialiseJson(original))).toEqual(original);
      }),
      { numRuns: 1_000 },
    );
  });

  test('means what the platform reads in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(serialiseJson(parseJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

test.each(['1.50', '1e3', '12345678901234567890', '-0', '0.1E-7'])(
  'the number %s keeps its digits',
  (token) => {
    expect(parseJson(token)).toEqual(new JsonNumber(token));
    expect(serialiseJson(parseJson(`{"n":[${token}]}`))).toBe(`{"n":[${token}]}`);
  },
);

test('__proto__ is a key like any other', () => {
  const read = parseJson('{"__proto__":{"admin":true}}');
  expect(isValueMap(read) && [...read.keys()]).toEqual(['__proto__']);
  expect(Reflect.get({}, 'admin')).toBeUndefined();
});

test('of two equal keys the last counts', () => {
  expect(parseJson('{"a":1,"a":2.0}')).toEqual(new Map([['a', new JsonNumber('2.0')]]));
});

test('half a surrogate pair becomes the replacement character', () => {
  expect(parseJson(String.raw`{"\ud800":"a\udc00"}`)).toEqual(new Map([['\ufffd', 'a\ufffd']]));
});

test('text that is not JSON is refused without quoting it', () => {
  for (const text of ['', '{', '{"password":"hunter2"', 'NaN', "{'a':1}", '[1,]', '['.repeat(100_000)]) {
    expect(() => parseJson(text)).toThrow(new SyntaxError('Cannot parse JSON'));
  }
});

test('a field is found only if it is of the kind asked for', () => {
  const map = new Map<string, Value>([
    ['map', new Map()],
    ['text', 'x'],
    ['number', new JsonNumber('1.5')],
  ]);
  expect([mapAt(map, 'map'), mapAt(map, 'text'), mapAt(map, 'none')]).toEqual([
    new Map(),
    undefined,
    undefined,
  ]);
  expect([stringAt(map, 'text'), stringAt(map, 'number')]).toEqual(['x', undefined]);
  expect([numberAt(map, 'number'), numberAt(map, 'text')]).toEqual([1.5, undefined]);
});
