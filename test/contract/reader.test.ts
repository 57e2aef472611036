import { describe, expect, test } from 'vitest';
import { Reader } from '../../contract/reader.ts';

/** What a reader of `{ field: value }` says after one question about the field. */
function problemsOf(value: unknown, ask: (reader: Reader) => unknown): string[] {
  const reader = new Reader(value === undefined ? {} : { field: value }, 'root');
  ask(reader);
  return reader.problems.map(({ key, message }) => `${key} ${message}`);
}

const allowEmpty = (reader: Reader): string => reader.string('field', undefined, { allowEmpty: true });

describe('a field', () => {
  test('is read as what it is', () => {
    const fields = { text: 'a', empty: '', flag: false, number: 7, choice: 'b', none: null, list: [{}, {}] };
    const reader = new Reader(fields, 'root');
    expect(reader.string('text')).toBe('a');
    expect(reader.string('empty', undefined, { allowEmpty: true })).toBe('');
    expect(reader.boolean('flag', true)).toBe(false);
    expect(reader.integer('number', { min: 0 })).toBe(7);
    expect(reader.choice('choice', ['a', 'b'], 'a')).toBe('b');
    expect(reader.nullableInteger('none', { min: 0, fallback: 1 })).toBeNull();
    expect(reader.list('list')).toHaveLength(2);
    expect(reader.keys()).toEqual(Object.keys(fields));
    expect(reader.problems).toEqual([]);
  });

  test.each([
    ['absent', {}],
    ['null', { text: null, flag: null, number: null, choice: null, optional: null }],
  ])('that is %s has its fallback', (_, fields) => {
    const reader = new Reader(fields, 'root');
    expect(reader.string('text', 'x')).toBe('x');
    expect(reader.boolean('flag', true)).toBe(true);
    expect(reader.integer('number', { min: 0, fallback: 3 })).toBe(3);
    expect(reader.choice('choice', ['a', 'b'], 'b')).toBe('b');
    expect(reader.optionalString('optional')).toBeUndefined();
    expect(reader.problems).toEqual([]);
  });

  test.each([undefined, 1, true, [], {}, ''])('%j is no string', (value) => {
    expect(problemsOf(value, (reader) => reader.string('field'))).toEqual([
      'root.field must be a string that is not empty',
    ]);
  });

  test('that is empty is a string where that is allowed, a number is not', () => {
    expect(problemsOf('', allowEmpty)).toEqual([]);
    expect(problemsOf(1, allowEmpty)).toEqual(['root.field must be a string']);
  });

  test.each([undefined, 1.5, '1', -1, 11, Number.NaN, 1e300])(
    '%j is no whole number from 0 to 10',
    (value) => {
      expect(problemsOf(value, (reader) => reader.integer('field', { min: 0, max: 10 }))).toEqual([
        'root.field must be a whole number from 0 to 10',
      ]);
    },
  );

  test.each(['true', 1, {}])('%j is not true or false', (value) => {
    expect(problemsOf(value, (reader) => reader.boolean('field', false))).toEqual([
      'root.field must be true or false',
    ]);
  });

  test.each(['c', 'A', 1])('%j is none of the choices', (value) => {
    expect(problemsOf(value, (reader) => reader.choice('field', ['a', 'b'], 'a'))).toEqual([
      'root.field must be one of "a", "b"',
    ]);
  });

  test.each([undefined, null, {}, 'a'])('%j is no list', (value) => {
    expect(problemsOf(value, (reader) => reader.list('field'))).toEqual(['root.field must be a list']);
  });

  test('of a prototype is not there', () => {
    expect(problemsOf(undefined, (reader) => reader.string('constructor'))).toHaveLength(1);
  });
});

describe('an object', () => {
  test.each([undefined, null, 1, 'a', []])('is not %j, which is said once', (value) => {
    const problems = problemsOf(value, (reader) => {
      const child = reader.child('field');
      child.string('a');
      child.child('b').string('c');
    });
    expect(problems).toEqual(['root.field must be an object']);
  });

  test('inside a list is named by its place', () => {
    const reader = new Reader({ list: [{ a: 'x' }, {}, 1] }, 'root');
    for (const item of reader.list('list')) item.string('a');
    expect(reader.problems.map(({ key }) => key).toSorted()).toEqual(['root.list[1].a', 'root.list[2]']);
  });

  test('gives a warning for each field that nobody asked for, its own and those of its children', () => {
    const reader = new Reader({ asked: 'a', extra: 1, child: { more: 2 } }, 'root');
    reader.string('asked');
    reader.child('child').finish();
    reader.finish();
    expect(reader.warnings).toEqual([
      { key: 'root.child.more', message: 'is unknown and ignored' },
      { key: 'root.extra', message: 'is unknown and ignored' },
    ]);
  });
});
