import fc from 'fast-check';
import type { SecretSource } from '#contract/secret-source.ts';
import { JsonNumber, type Value, type ValueMap } from '../../../agent/value/value.ts';

export const WHOLE: SecretSource = { store: 'vault', path: 'secret/data/ml' };

export const keyed = (key: string): SecretSource => ({ ...WHOLE, key });

export const valuesFrom = (values: Readonly<Record<string, Value>>): ValueMap =>
  new Map(Object.entries(values));

const SIGNS = Array.from('\\\'"`$(){}#!:=%&*?|<>@~, \t\n\r\f\u0085\u2028\u00a0-+.0y1e');

/** Text with much in it that formats have a meaning for. */
export const trickyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  fc.string({ unit: fc.constantFrom(...SIGNS) }),
  fc.constantFrom(
    'yes',
    'No',
    'null',
    '~',
    '',
    ' ',
    '1e3',
    'e0',
    '0x1f',
    '1_000',
    '190:20:30',
    '=',
    '<<',
    '.inf',
  ),
  fc.constantFrom(
    '2001-12-14 21:59:43.10 -5',
    '---',
    '...',
    '- a',
    'a: b',
    '!!int 1',
    '\ufeff',
    '\\n',
    '${A}',
  ),
);

/**
 * Keys without a backslash: after one, `JSON.parse` of Node 24 and 26 reads other keys wrong (nodejs/node#63785). The Node of
 * the image, 22, does not.
 */
export const trickyKey = trickyText.map((text) => text.replaceAll('\\', '/'));

const numbers = fc
  .tuple(fc.integer(), fc.constantFrom('', '.5', '.250'), fc.constantFrom('', 'e3', 'E+07', 'e-2'))
  .map((parts) => new JsonNumber(parts.join('')));

export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    trickyText,
    fc.constantFrom(null, true, false),
    numbers,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(trickyKey, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
})).value;

/** One value or more by their keys. */
export const mapOf = <V extends Value>(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<V>,
): fc.Arbitrary<ReadonlyMap<string, V>> =>
  fc.array(fc.tuple(keys, values), { minLength: 1, maxLength: 6 }).map((entries) => new Map(entries));

/** A value as a reader of JSON or YAML has it, numbers as doubles. */
export function plainValue(value: Value): unknown {
  if (value instanceof JsonNumber) return value.toNumber();
  if (value instanceof Map)
    return new Map([...(value as ValueMap)].map(([key, item]) => [key, plainValue(item)]));
  return Array.isArray(value) ? (value as readonly Value[]).map(plainValue) : value;
}
