import { isStringWhenPlain } from '../template/go/yaml-resolve.ts';
import { sortedEntries } from '../template/go/order.ts';
import { serialiseJson } from '../value/json.ts';
import { isValueMap, JsonNumber, type Value } from '../value/value.ts';

/**
 * YAML that readers of 1.1 and 1.2 take for the same: strings are always in double quotes, keys where they need them.
 * Not Go's `toYAML` of templates: that one leaves out quotes wherever its own reader needs none, and rounds numbers.
 */
export function toYaml(value: Value): string {
  return `${node(value, '').trimStart()}\n`;
}

/** What stands after a colon or a dash. */
function node(value: Value, indent: string): string {
  if (isValueMap(value) && value.size > 0)
    return sortedEntries(value)
      .map(([key, item]) => `\n${indent}${keyText(key, indent)}:${node(item as Value, `${indent}  `)}`)
      .join('');
  if (Array.isArray(value) && value.length > 0)
    return (value as readonly Value[]).map((item) => `\n${indent}-${node(item, `${indent}  `)}`).join('');
  return ` ${scalar(value)}`;
}

function scalar(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  return value instanceof JsonNumber ? numberText(value.token) : serialiseJson(value);
}

/** To readers of 1.1, a number with an exponent needs a point and the exponent a sign. */
const numberText = (token: string): string =>
  token.replace(/^(-?\d+)(?=e)/iu, '$1.0').replace(/(?<=e)(?=\d)/iu, '+');

/** Some readers take `e0` and `e-1` for numbers. */
const PLAIN_KEY = /^(?![eE][-.\d]+$)[A-Za-z_][\w./-]*$/u;
/** A longer key has to be announced. */
const KEY_LENGTH = 1000;

function keyText(key: string, indent: string): string {
  const text = PLAIN_KEY.test(key) && isStringWhenPlain(key) ? key : quoted(key);
  return text.length > KEY_LENGTH ? `? ${text}\n${indent}` : text;
}

/** JSON's quotes, and escapes for what YAML calls a line break or not printable. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
