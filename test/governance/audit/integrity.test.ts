import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { createAudit } from '../../../governance/audit/audit.ts';
import { INPUT_NAMES } from '../../../governance/audit/missing.ts';
import { at, event, podAuth, read, report, type Told } from './logs.ts';

const integrity = (inputs: Parameters<typeof report>[0]) => report(inputs).of('integrity');

const unread = (inputs: Parameters<typeof report>[0]) =>
  integrity(inputs)
    .filter(({ kind }) => kind === 'unread line')
    .map(({ source, what }) => [source, what]);

/** What OpenBao writes, with a request before each answer. */
const request = (line: JsonObject): JsonObject => {
  const { time = '', auth = {}, request: asked = {} } = line;
  return { time, type: 'request', auth, request: asked };
};

describe('a line that tells nothing is named, and the report goes on', () => {
  test.each<[string, string, string]>([
    ['no JSON', 'garbage', 'is no JSON object'],
    ['JSON that is no object', '[1, 2]', 'is no JSON object'],
    ['a line of the other log', JSON.stringify(event({})), 'is no record of this log'],
    [
      'a line of something else',
      '{"level":"info","time":"2026-11-25T12:00:00Z"}',
      'is no record of this log',
    ],
    ['a record without a time', JSON.stringify({ ...read(1), time: 'noon' }), 'has no time'],
    [
      'a record with a day that there is not',
      JSON.stringify({ ...read(1), time: '2026-13-25T12:00:00Z' }),
      'has no time',
    ],
    ['a type that nobody knows', JSON.stringify({ ...read(1), type: 'other' }), 'is no record of this log'],
    ['zeros', '\0\0\0\0', 'is no JSON object'],
  ])('%s', (_, line, what) => {
    const inputs = { store: [read(1), line, read(2)] };
    expect(unread(inputs)).toEqual([['store.log:2', what]]);
    expect(report(inputs).of('delivery')).toHaveLength(2);
  });

  test.each<[string, JsonObject]>([
    ['a field of a wrong kind', { ...read(1), auth: 'x', response: [1] }],
    ['a version that is none', read(1, { response: { data: { data: {}, metadata: { version: 'x' } } } })],
    [
      'a version beyond all numbers',
      read(1, { response: { data: { data: {}, metadata: { version: 1e300 } } } }),
    ],
    ['nothing but what it must have', { time: at('12:00:00'), type: 'response', request: { id: 'r' } }],
    ['a request as a list', { time: at('12:00:00'), type: 'response', request: [{ id: 'r' }] }],
  ])('and so it does where a record is odd: %s', (_, line) => {
    expect(report({ store: [line, read(2, { auth: podAuth('2') })] }).of('delivery')).toContainEqual(
      expect.objectContaining({ uid: '2' }),
    );
  });

  test('names of a language stay names', () => {
    const api = ['constructor', '__proto__', 'toString'].map((resource) =>
      event({ verb: 'patch', objectRef: { resource, name: resource } }),
    );
    const store = [read(1, { request: { path: '__proto__' } }), read(1, { auth: podAuth('constructor') })];
    const { of } = report({ api, store });
    expect(of('breakGlass')).toEqual([]);
    expect(of('delivery')).toHaveLength(2);
  });

  test('empty lines are no lines', () => {
    expect(integrity({ store: ['', '  ', read(1)] })).toContainEqual(
      expect.objectContaining({ kind: 'lines', count: 1, what: 'all were read' }),
    );
  });

  test('beyond a hundred in a file they are counted', () => {
    const rows = integrity({ store: Array.from({ length: 130 }, () => 'garbage') });
    expect(rows.filter(({ kind }) => kind === 'unread line')).toHaveLength(101);
    expect(rows).toContainEqual(
      expect.objectContaining({ kind: 'unread line', count: 30, source: 'store.log' }),
    );
  });

  test('one that is too long, and a last one that was cut off, are told as such', () => {
    const rows: Told[] = [];
    const audit = createAudit({
      window: { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
      longestSilenceMs: 1,
      tenancy: undefined,
      documents: [],
      named: new Set(),
      emit: (section, cells) => void rows.push({ section, ...cells }),
    });
    audit.line('store', undefined, { file: 'f', line: 1 }, false);
    audit.line('store', JSON.stringify(read(1)).slice(0, 300), { file: 'f', line: 2 }, true);
    audit.line('store', JSON.stringify(request(read(1))).slice(0, 300), { file: 'f', line: 3 }, true);
    audit.finish();
    expect(rows.filter(({ kind }) => kind === 'unread line').map(({ what }) => what)).toEqual([
      'is longer than any audit record, and was not looked at',
      'ends in the middle: the log was cut off while it was written',
      'ends in the middle: the log was cut off while it was written',
    ]);
  });
});

describe('a line that a collector wrapped is read', () => {
  const line = JSON.stringify(read(1));

  test.each([
    ['a prefix of the audit device', `@cee: ${line}`],
    ['a container’s log', `2026-11-25T12:00:00.1Z stdout F ${line}`],
    ['a container’s log as JSON', JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: 'x' })],
    ['a message of a collector', JSON.stringify({ message: line, host: 'x' })],
    ['white space', `  ${line}\r`],
  ])('%s', (_, text) => {
    expect(report({ store: [text] }).of('delivery')).toHaveLength(1);
  });

  test('of the API server, too', () => {
    const text = `audit: ${JSON.stringify(event({ responseStatus: { code: 403 } }))}`;
    expect(report({ api: [text] }).of('denial')).toHaveLength(1);
  });
});

describe('a file that holds no line of its log', () => {
  test('is returned', () => {
    expect(report({ store: [event({})], api: [event({})] }).foreign).toEqual(['store.log']);
    expect(report({ store: ['x', read(1)] }).foreign).toEqual([]);
    expect(report({}).foreign).toEqual([]);
  });
});

describe('time', () => {
  test('is said from the first line to the last', () => {
    expect(
      integrity({ store: [read(1, { time: at('12:00:00') }), read(1, { time: at('12:10:00') })] }),
    ).toContainEqual(
      expect.objectContaining({
        kind: 'time',
        log: 'the store',
        from: '2026-11-25T12:00:00.000Z',
        to: '2026-11-25T12:10:00.000Z',
      }),
    );
  });

  test('in which a log says nothing is a silence', () => {
    const store = ['12:00:00', '12:14:00', '12:30:00'].map((time) => read(1, { time: at(time) }));
    expect(integrity({ store }).filter(({ kind }) => kind === 'silence')).toMatchObject([
      { from: '2026-11-25T12:14:00.000Z', to: '2026-11-25T12:30:00.000Z' },
    ]);
  });

  test('of requests counts, too', () => {
    const store = [read(1), request(read(1, { time: at('12:14:00') })), read(1, { time: at('12:28:00') })];
    expect(integrity({ store }).filter(({ kind }) => kind === 'silence')).toEqual([]);
  });

  test('that was asked for and is not in the log is said', () => {
    const window = { since: Date.parse(at('11:00:00')), until: Date.parse(at('13:00:00')) };
    expect(integrity({ store: [read(1)], window }).filter(({ kind }) => kind === 'silence')).toMatchObject([
      { what: 'the log begins later than the report' },
      { what: 'the log ends earlier than the report' },
    ]);
  });
});

describe('requests', () => {
  test('that nobody answered are counted', () => {
    const store = [request(read(1)), read(1), request(read(1)), request(read(1))];
    expect(integrity({ store })).toContainEqual(expect.objectContaining({ kind: 'unanswered', count: 2 }));
  });

  test('that were all answered are not told of, and neither is what a store tries when it begins', () => {
    const trial =
      '{"time":"2026-11-25T12:00:00Z","type":"request","request":{"id":"r","path":"sys/audit/test"}}';
    const store = [trial, request(read(1)), read(1)];
    expect(integrity({ store }).filter(({ kind }) => kind === 'unanswered')).toEqual([]);
  });

  test('are not made of answers by what a client sends', () => {
    const line = JSON.stringify(read(1, { auth: podAuth('1', { note: '"type":"request",' }) }));
    const reordered = JSON.stringify({ auth: { type: 'request' }, ...read(1, { auth: podAuth('2') }) });
    expect(report({ store: [line, reordered] }).of('delivery')).toHaveLength(2);
  });
});

test('what is missing is said, with what the report cannot say without it', () => {
  const missing = (named: readonly (typeof INPUT_NAMES)[number][]) =>
    integrity({ named: new Set(named) })
      .filter(({ kind }) => kind === 'missing input')
      .map(({ log }) => log);
  expect(missing([])).toEqual(INPUT_NAMES);
  expect(missing(INPUT_NAMES)).toEqual([]);
  expect(missing(['store', 'api'])).toEqual(['reports', 'policies', 'tenants', 'objects']);
});
