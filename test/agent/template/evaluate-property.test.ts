import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { serialiseJson } from '../../../agent/value/json.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { TemplateError } from '../../../agent/template/error.ts';
import { evaluateText, renderedData } from './rendering.ts';

const names = Object.values(FUNCTION_FAMILIES).flat();

const DATA =
  '{"a":"text","b":[1,"x",null,{"k":[]}],"c":{"x":1.50,"y":{"z":true}},"d":null,"e":12345678901234567890,"f":"","g":"é😀","__proto__":{}}';

const operand = fc.constantFrom(
  '.', '.Data', '.Data.a', '.Data.b', '.Data.c', '.Data.c.y', '.Data.d', '.Data.e', '.Data.f', '.Data.g', '.Data.none',
  '$', 'nil', 'true', '0', '-1', '2', '1.5', '1e300', '"a"', '"%v %d %q %-5s|%05.2f %x %U %T"', '"\\xff"', "'c'", '(len .Data.b)',
  '(split "" .Data.g)', '(parseJSON "[1.5,{}]")', '(secret "other")', '(parseInt "-5")',
); // prettier-ignore

const call = fc
  .tuple(fc.constantFrom(...names), fc.array(operand, { maxLength: 3 }))
  .map(([name, operands]) => [name, ...operands].join(' '));

const action = fc
  .array(fc.oneof(call, operand), { minLength: 1, maxLength: 3 })
  .map((stages) => stages.join(' | '));

const template = fc
  .array(
    fc.oneof(
      action.map((text) => `{{ ${text} }}`),
      fc
        .tuple(fc.constantFrom('if', 'with', 'range'), action, action)
        .map(
          ([kind, condition, body]) => `{{ ${kind} ${condition} }}{{ ${body} }}{{ else }}{{ . }}{{ end }}`,
        ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => `{{ with secret "s" }}${parts.join('')}{{ end }}`);

/** What was thrown, unless it is one of the two errors that a template may end in. */
function surprise(text: string): unknown {
  try {
    evaluateText(text, { secrets: { s: `{"data":${DATA}}` } });
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof TemplateSyntaxError)) return error;
  }
  return undefined;
}

test('any template either is evaluated or ends in a TemplateError', () => {
  fc.assert(
    fc.property(template, (text) => {
      expect(surprise(text)).toBeUndefined();
    }),
    { numRuns: 5_000 },
  );
});

test('every function of the table of names is there, and no other', () => {
  expect([...FUNCTIONS.keys()].toSorted()).toEqual(names.toSorted());
});

test('toJSON and the platform agree on what any data means', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      for (const name of ['toJSON', 'toJSONPretty', 'toUnescapedJSON', 'toUnescapedJSONPretty']) {
        expect(JSON.parse(renderedData(`${name} .Data.v`, `{"v":${text}}`))).toEqual(value);
      }
    }),
  );
});

test('what is encoded is decoded to the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const data = `{"v":${serialiseJson(text)}}`;
      expect(renderedData('.Data.v | base64Encode | base64Decode', data)).toBe(text);
      expect(renderedData('.Data.v | base64URLEncode | base64URLDecode', data)).toBe(text);
      expect(renderedData('(parseJSON (toJSON .Data)).v', data)).toBe(text);
      expect(decodeURIComponent(renderedData('urlquery .Data.v', data).replaceAll('+', ' '))).toBe(text);
      expect(renderedData('split "," .Data.v | join ","', data)).toBe(text.trim());
    }),
  );
});
