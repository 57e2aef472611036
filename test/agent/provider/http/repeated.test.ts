import { expect, test } from 'vitest';
import { type Answer, createTransport } from '../../../../agent/provider/http/transport.ts';
import { parseJson } from '../../../../agent/value/json.ts';
import { isValueMap, type ValueMap } from '../../../../agent/value/value.ts';
import { serve, storeAt } from './faulty-server.ts';

interface Said {
  readonly status: number;
  readonly text: string;
}

/** Asks a server twice, the second time with what it answered the first time. */
async function twice(
  first: Said,
  second: Said,
): Promise<{ readonly known: ValueMap; readonly again: Answer }> {
  const answers = [first, second];
  await using server = await serve((_request, response) => {
    const { status, text } = answers.shift() ?? second;
    response.writeHead(status).end(text);
  });
  const store = storeAt(server.address);
  const transport = createTransport(store, () => 0);
  const request = {
    uri: `${store.address}/v1/a`,
    method: 'GET',
    headers: {},
    signal: new AbortController().signal,
  } as const;
  const { body } = await transport(request);
  if (!isValueMap(body)) throw new Error('The server was to answer with an object');
  return { known: body, again: await transport({ ...request, known: body }) };
}

const good = (text: string): Said => ({ status: 200, text });
const numbered = (id: string, rest: string): string => `{"request_id":"${id}",${rest}}`;

test.each([
  ['the same text', '{"data":{"a":1}}', '{"data":{"a":1}}'],
  ['a text with another number', numbered('1', '"data":{"a":1}'), numbered('22', '"data":{"a":1}')],
])('%s is the body that is known', async (_, first, second) => {
  const { known, again } = await twice(good(first), good(second));
  expect(again.body).toBe(known);
});

test.each([
  ['another value', numbered('1', '"data":{"a":1}'), numbered('1', '"data":{"a":2}')],
  ['another lease', numbered('1', '"lease_id":"x"'), numbered('2', '"lease_id":"y"')],
  ['digits that a double cannot tell apart', '{"a":1.10}', '{"a":1.1}'],
  ['a number that is not the first', '{"data":{},"request_id":"1"}', '{"data":{},"request_id":"2"}'],
  ['a value in place of the number', numbered('1', '"a":"2"'), '{"request_id":1,"a":"2"}'],
])('%s is read', async (_, first, second) => {
  const { known, again } = await twice(good(first), good(second));
  expect(again.body).not.toBe(known);
  expect(again.body).not.toEqual(known);
});

test('a refusal is not taken for what is known, though it says the same', async () => {
  const text = numbered('1', '"errors":[]');
  const { known, again } = await twice({ status: 403, text }, good(text));
  expect(again.body).not.toBe(known);
  expect(again.body).toEqual(known);
});

test('what is known from elsewhere is what is given back once an answer has said the same', async () => {
  const text = numbered('1', '"data":{"a":1}');
  await using server = await serve((_request, response) => response.end(text));
  const store = storeAt(server.address);
  const transport = createTransport(store, () => 0);
  const known = parseJson(text);
  if (!isValueMap(known)) throw new Error('The text was to be an object');
  const { signal } = new AbortController();
  const request = { uri: `${store.address}/v1/a`, method: 'GET', headers: {}, signal, known } as const;
  expect((await transport(request)).body).toEqual(known);
  expect((await transport(request)).body).toBe(known);
});
