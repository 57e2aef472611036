import { parseJson } from '../../value/json.ts';
import { JsonNumber, type Value } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { toJson } from '../go/json.ts';
import { Float, type GoValue } from '../go/value.ts';
import { type Family, takes } from './signature.ts';

export const JSON_FUNCTIONS: Family<'json'> = {
  toJSON: takes(['any'], ([value]) => toJson(value, { escapeHtml: true, pretty: false })),
  toJSONPretty: takes(['any'], ([value]) => toJson(value, { escapeHtml: true, pretty: true })),
  toUnescapedJSON: takes(['any'], ([value]) => toJson(value, { escapeHtml: false, pretty: false })),
  toUnescapedJSONPretty: takes(['any'], ([value]) => toJson(value, { escapeHtml: false, pretty: true })),
  parseJSON: takes(['string'], ([text]) => (text === '' ? new Map() : decode(text))),
};

function decode(text: string): GoValue {
  let value: Value;
  try {
    value = parseJson(text);
  } catch {
    throw new Fault('the text is not JSON');
  }
  return withFloats(value);
}

/** Unlike the values of a secret, numbers that a template parses become doubles. */
function withFloats(value: Value): GoValue {
  if (value instanceof JsonNumber) {
    const number = value.toNumber();
    if (!Number.isFinite(number)) throw new Fault('a number in the JSON is out of range');
    return new Float(number);
  }
  if (value instanceof Map) {
    const entries: [string, Value][] = [...(value as ReadonlyMap<string, Value>)];
    return new Map(entries.map(([key, item]) => [key, withFloats(item)]));
  }
  return Array.isArray(value) ? (value as readonly Value[]).map(withFloats) : value;
}
