import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { evaluate, literal } from '../../governance/cel/expression.ts';
import { askCel } from '../../servers/cel.ts';

/** Whatever neither engine can evaluate, for whatever reason. */
const NOTHING = 'nothing';

interface Asked {
  readonly expression: string;
  readonly object: JsonObject;
}

/** As JSON has it. */
const asJson = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      if (inner instanceof Map) return Object.fromEntries(inner) as unknown;
      return typeof inner === 'bigint' ? Number(inner) : inner;
    }),
  );

function offline({ expression, object }: Asked): unknown {
  try {
    return asJson(evaluate(expression, object));
  } catch {
    return NOTHING;
  }
}

async function expectSame(asked: readonly Asked[]): Promise<void> {
  const { values } = await askCel({ expressions: asked });
  const server = values.map((one) => (one.error === undefined ? one.value : NOTHING));
  const differences = asked.flatMap((one, index) => {
    const [here, there] = [offline(one), server[index]].map((value) => JSON.stringify(value));
    return here === there ? [] : [`${JSON.stringify(one)}: offline ${here}, server ${there}`];
  });
  expect(differences).toEqual([]);
}

const object = (fields: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Example', ...fields });

const sampled = <T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] => fc.sample(arbitrary, count);

/** Some that one engine or the other might take for something special. */
const CHARACTERS = Array.from('abAB01 \t\n\r\v\u00a0\u0085\u2028\ufeffé\u017f\u212a😀-_./:"${}');
const text = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 8 }).map((all) => all.join(''));

/** Parts of regular expressions. */
const ATOMS =
  String.raw`a B 0 . \. \- \s \S \d \w \W \b [a-z] [^a] [\s] [^\W_] [\S-] [[:^alpha:]] [a-c-] [[:alpha:]_] \B \A () []a] [[] (?:ab|a) (a|b) { } ] \x61 \{ / " é 😀 \n ^ $ \z`
    .split(' ')
    .concat(' ');

describe('the API server and Sidekey offline mean the same by', () => {
  test('functions of texts', async () => {
    const calls = [
      'object.a.trim()',
      'object.a.lowerAscii()',
      'object.a.upperAscii()',
      'object.a.split(object.b)',
      'object.a.split(object.b, object.n)',
      'object.a.substring(object.n)',
      'object.a.substring(object.n, object.m)',
      'object.a.charAt(object.n)',
      'object.a.indexOf(object.b)',
      'object.a.lastIndexOf(object.b)',
      'object.a.replace(object.b, object.c)',
      'object.a.size()',
      'object.a.contains(object.b) || object.a.startsWith(object.b) || object.a.endsWith(object.b)',
      '[object.a, object.b].join(object.c)',
      'object.a == object.b',
    ];
    const subject = fc.record({
      expression: fc.constantFrom(...calls),
      object: fc
        .record({ a: text, b: text, c: text, n: fc.integer({ min: -1, max: 5 }), m: fc.nat(6) })
        .map(object),
    });
    await expectSame(sampled(subject, 3000));
  });

  test('regular expressions that policies may be written with', async () => {
    const atom = fc.constantFrom(...ATOMS);
    const repeated = fc
      .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '*?'))
      .map(([one, times]) => one + times);
    const pattern = fc
      .tuple(fc.constantFrom('', '', '(?i)', '(?s)', '(?m)'), fc.array(repeated, { maxLength: 4 }))
      .map(([flags, atoms]) => flags + atoms.join(''));
    const subject = fc
      .record({ pattern, asked: fc.constantFrom('matches', 'find', 'findAll'), value: text })
      .map(({ pattern: regex, asked, value }) => ({
        expression: `object.a.${asked}(${literal(regex)})`,
        object: object({ a: value }),
      }));
    await expectSame(sampled(subject, 3000));
  });

  test('quantities', async () => {
    const quantity = fc
      .tuple(
        fc.constantFrom('', '', '-', '+'),
        fc.constantFrom('0', '1', '12', '1000', '1024', '007', '99999', '.5', '1.5', '0.0001', '3.'),
        fc.constantFrom(
          '',
          '',
          'n',
          'u',
          'm',
          'k',
          'M',
          'G',
          'T',
          'Ki',
          'Mi',
          'Gi',
          'Ti',
          'e3',
          'E-2',
          'e',
          'K',
          'x',
        ),
      )
      .map((parts) => parts.join(''));
    const calls = [
      'quantity(object.a).compareTo(quantity(object.b))',
      'quantity(object.a).isGreaterThan(quantity(object.b))',
      'quantity(object.a).isLessThan(quantity(object.b))',
      'quantity(object.a).add(quantity(object.b)).compareTo(quantity(object.a))',
      'sign(quantity(object.a).sub(quantity(object.b)))',
      'isQuantity(object.a)',
    ];
    const subject = fc.record({
      expression: fc.constantFrom(...calls),
      object: fc.record({ a: quantity, b: quantity }).map(object),
    });
    await expectSame(sampled(subject, 3000));
  });

  test('what is there and what is not', async () => {
    const expressions = [
      'has(object.x.y)',
      'object.?x.?y.orValue("none")',
      'object.x[?"y"].hasValue()',
      '"y" in object.x',
      'object.x.y',
      'object.x == object.z',
      'object.x.map(k, k).size() == object.x.size()',
      'object.list.exists(e, e.a == 1) || object.list.all(e, has(e.b))',
      'object.list.filter(e, e.?a.orValue(0) > 0).map(e, e.a)',
      'object.list[0].a == 1 ? "one" : "other"',
      'object.list.map(e, e.a)[?5].orValue(7)',
      'object.nothing.x || true',
      'object.nothing.x && false',
      '!(object.list.size() > 1) || object.list[1].a != object.list[0].a',
      'object.x == {"y": object.w}',
      '(object.list + object.list).map(e, e.?a.orValue(9))',
      'object.w == 1 || object.w == "1" || object.w == true',
    ];
    const leaf = fc.constantFrom(1, '1', true, 'none', 0);
    const map = fc.dictionary(fc.constantFrom('y', 'z', 'constructor'), leaf, { maxKeys: 2 });
    const elements = fc.array(fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(2), { maxKeys: 2 }), {
      maxLength: 3,
    });
    const subject = fc.record({
      expression: fc.constantFrom(...expressions),
      object: fc.record({ x: map, z: map, list: elements, w: leaf }, { requiredKeys: ['w'] }).map(object),
    });
    await expectSame(sampled(subject, 3000));
  });
});
