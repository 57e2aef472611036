import { expect, test } from 'vitest';
import { sameBody } from '../../../agent/schedule/same.ts';
import { parseJson } from '../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../agent/value/value.ts';

function body(text: string): ValueMap {
  const value = parseJson(text);
  if (!isValueMap(value)) throw new Error('Not an object');
  return value;
}

const ONE = '{"request_id":"1","data":{"list":[1,"a",null,{"deep":true}],"big":12345678901234567890}}';

test('answers that differ in their number alone are the same', () => {
  expect(sameBody(body(ONE), body(ONE.replace('"1"', '"2"')))).toBe(true);
});

test.each([
  ['a string', '"a"', '"b"'],
  ['a digit of a long number', '67890', '67891'],
  ['the way a number is written', '[1,', '[1.0,'],
  ['a boolean, deep inside', 'true', 'false'],
  ['null', 'null', '""'],
  ['the length of a list', '[1,', '[1,1,'],
  ['a key', '"deep"', '"deeper"'],
  ['a key more', '"list"', '"more":1,"list"'],
])('answers that differ in %s are not', (_, before, after) => {
  const other = body(ONE.replace(before, after));
  expect(sameBody(body(ONE), other)).toBe(false);
  expect(sameBody(other, body(ONE))).toBe(false);
});

test('a number inside the data is no number of the answer', () => {
  const [one, two] = ['1', '2'].map((id) => body(`{"data":{"request_id":"${id}"}}`));
  expect(one && two && sameBody(one, two)).toBe(false);
});
