import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serialiseJson } from '../../../agent/value/json.ts';
import { FUNCTIONS } from '../../../agent/template/functions/table.ts';
import { names, surprise, template } from './generated.ts';
import { renderedData } from './rendering.ts';

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

test('what is written as YAML is read as the same, but for numbers beyond 64 bits', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'grapheme' }), (text) => {
      const data = `{"v":${text}}`;
      const again = renderedData('parseYAML (toYAML .Data) | toYAML', data);
      expect(again).toBe(renderedData('toYAML .Data', data));
      expect(JSON.parse(renderedData('(parseYAML (toYAML .Data)).v | toUnescapedJSON', data))).toEqual(
        JSON.parse(text),
      );
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
