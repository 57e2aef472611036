import { describe, expect, test } from 'vitest';
import { evaluate } from './expression.ts';

describe('a manifest in an expression', () => {
  test('has whole numbers and texts, as it is written', () => {
    const object = { number: 1, text: '1', fraction: 0.5, negative: -3 };
    expect(evaluate('object.number == 1 && object.text == "1" && object.negative == -3', object)).toBe(true);
    expect(evaluate('object.number == object.text', object)).toBe(false);
    expect(evaluate('string(object.number) == object.text', object)).toBe(true);
    expect(evaluate('object.fraction > 0.0 && object.number > object.fraction', object)).toBe(true);
  });

  test.each([
    ['a field that is not there', {}],
    ['a field that is null', { field: null }],
  ])('has no field in %s', (_, object) => {
    expect(evaluate('has(object.field)', object)).toBe(false);
    expect(evaluate('object.?field.hasValue()', object)).toBe(false);
    expect(evaluate('object.?field.?further.orValue("none")', object)).toBe('none');
    expect(() => evaluate('object.field', object)).toThrow('No such key: field');
  });

  test('has an element with nothing set where a list has null', () => {
    expect(evaluate('object.list.map(e, e.?name.orValue("none"))', { list: [null, { name: 'a' }] })).toEqual([
      'none',
      'a',
    ]);
    expect(evaluate('object.list.map(e, "=" + e)', { list: [null, 'a'] })).toEqual(['=', '=a']);
  });

  test.each(['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', 'size', ''])(
    'may have the key %j',
    (key) => {
      const object: unknown = JSON.parse(`{"data":{${JSON.stringify(key)}:"x"}}`);
      const data = object as { readonly data: Record<string, string> };
      expect(evaluate(`object.data[${JSON.stringify(key)}]`, data)).toBe('x');
      expect(evaluate('object.data.map(k, k)', data)).toEqual([key]);
      expect(evaluate('object.data.size()', data)).toBe(1n);
    },
  );

  test('does not have what all objects of JavaScript have', () => {
    expect(evaluate('object.?constructor.hasValue() || object.?toString.hasValue()', {})).toBe(false);
    expect(evaluate('"constructor" in object', {})).toBe(false);
  });

  test('is the same as another with the same fields in another order, and no other', () => {
    const object = { a: { x: 1, y: [1, { z: null }] }, b: { y: [1, {}], x: 1 }, c: { x: 1, y: [1] } };
    expect(evaluate('object.a == object.b', object)).toBe(true);
    expect(evaluate('object.a == object.c', object)).toBe(false);
    expect(evaluate('object.a != object.c', object)).toBe(true);
  });
});
