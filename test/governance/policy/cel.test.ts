import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../../governance/cel/environment.ts';
import { cel, quote, quoteAll } from '../../../governance/policy/cel.ts';

const NOTHING = { object: null, oldObject: null, namespaceObject: null, request: null, variables: {} };
const value = (expression: string): unknown => compile(expression)(NOTHING);

test('a text in quotes is the text, whatever it holds', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', "'", '"', '\\', '.', '[', ' ', '`', '$', 'é', '\\n'),
  });
  const property = fc.property(texts, (text) => {
    expect(value(quote(text))).toBe(text);
  });
  fc.assert(property);
  expect(value(quoteAll(["it's", String.raw`\d`]))).toEqual(["it's", String.raw`\d`]);
  expect(value(quoteAll([]))).toEqual([]);
});

test('an expression keeps its lines, without the indentation of the code', () => {
  const expression = cel`
    [1, 2]
      .map(n,
        n + 1)
  `;
  expect(expression).toBe('[1, 2]\n  .map(n,\n    n + 1)');
});

test('what is put into one takes on the indentation of its place', () => {
  const inner = cel`
    first ||
    second
  `;
  expect(cel`
    !(
      ${inner}) &&
    third
  `).toBe('!(\n  first ||\n  second) &&\nthird');
});

test('escapes are CEL’s, not those of the code', () => {
  expect(cel`'a\nb'`).toBe(String.raw`'a\nb'`);
  expect(value(cel`'a\nb'`)).toBe('a\nb');
});
