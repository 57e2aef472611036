import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import { createKubernetes } from '#platform/kubernetes/client.ts';
import { createLines } from '#platform/kubernetes/lines.ts';
import { serveRaw } from '../../agent/provider/http/faulty-server.ts';
import { containing } from '../../agent/provider/vault/fixtures.ts';
import {
  answer,
  events,
  eventsAndSilence,
  failureOf,
  NEVER,
  refuse,
  scriptedApi,
  type ScriptedApi,
  silence,
} from './scripted-api.ts';

const WATCH: KubernetesCall = { method: 'GET', path: '/api/v1/secrets', query: { watch: 'true' } };

/** What a stream gave, and how it ended. */
async function follow(
  stream: AsyncIterable<JsonObject>,
): Promise<{ readonly got: readonly JsonObject[]; readonly failure: unknown }> {
  const got: JsonObject[] = [];
  const failure = await failureOf(
    (async () => {
      for await (const object of stream) got.push(object);
    })(),
  );
  return { got, failure };
}

const read = (api: ScriptedApi, call = WATCH): ReturnType<typeof follow> =>
  follow(api.kubernetes.stream(call, NEVER));

test('lines are put together from chunks that end anywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.infiniteStream(fc.nat(7)), (texts, sizes) => {
      const lines = texts.map((text) => JSON.stringify(text));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const reader = createLines();
      const got: string[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = 1 + Number(sizes.next().value);
        got.push(...reader.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(got).toEqual(lines);
      expect(reader.pending).toBe(0);
    }),
  );
});

describe('a stream', () => {
  test('gives each object, and ends as the server ends it', async () => {
    await using api = await scriptedApi([events({ a: 1 }, { b: 'ä' })]);
    expect(await read(api)).toEqual({ got: [{ a: 1 }, { b: 'ä' }], failure: undefined });
    expect(api.asked[0]?.headers.authorization).toBe('Bearer the-token');
  });

  test('that is cut in the middle of a line is no whole stream', async () => {
    await using api = await scriptedApi([(response) => void response.end('{"a":1}\n{"b"')]);
    expect(await read(api)).toEqual({
      got: [{ a: 1 }],
      failure: expect.objectContaining({
        reason: 'unreachable',
        message: 'Cannot watch secrets: the answer is cut in the middle of a line',
      }),
    });
  });

  test('whose connection is cut between two lines is no whole stream', async () => {
    await using server = await serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n');
        setTimeout(() => socket.destroy(), 20);
      });
    });
    const kubernetes = createKubernetes({ address: server.address, token: () => 'a', clock: systemClock });
    const { got, failure } = await follow(kubernetes.stream(WATCH, NEVER));
    await kubernetes.close();
    expect(got).toEqual([{ a: 1 }]);
    expect(failure).toMatchObject({ reason: 'unreachable' });
  });

  test('with a line that is no object is invalid', async () => {
    await using api = await scriptedApi([(response) => void response.end('{"a":1}\n[]\n')]);
    expect(await read(api)).toMatchObject({ got: [{ a: 1 }], failure: { reason: 'invalid_response' } });
  });

  test('with a line that does not end is given up', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    await using api = await scriptedApi([
      (response) => {
        response.writeHead(200).on('drain', () => response.write(chunk));
        response.write(chunk);
      },
    ]);
    expect(await read(api)).toMatchObject({
      failure: { reason: 'invalid_response', message: containing('larger than') },
    });
  });

  test('that is refused says why', async () => {
    await using api = await scriptedApi([refuse(410, 'Expired'), answer(429, {}, { 'retry-after': '3' })]);
    expect((await read(api)).failure).toMatchObject({ reason: 'gone', status: 410 });
    expect((await read(api)).failure).toMatchObject({ reason: 'rate_limited', retryAfterMs: 3000 });
  });

  test('is asked for with another token if the first is refused', async () => {
    let number = 0;
    await using api = await scriptedApi([refuse(401, 'Unauthorized'), events({ a: 1 })], {
      token: () => `${(number += 1)}`,
    });
    expect(await read(api)).toEqual({ got: [{ a: 1 }], failure: undefined });
  });

  test('that does not begin in time is given up', async () => {
    await using api = await scriptedApi([() => undefined]);
    expect((await read(api, { ...WATCH, timeoutMs: 50 })).failure).toMatchObject({ reason: 'timeout' });
  });

  test('that has begun may be silent for longer', async () => {
    await using api = await scriptedApi([
      (response) => {
        silence(response, { method: '', path: '', query: {}, headers: {}, body: '' });
        setTimeout(() => response.end('{"a":1}\n'), 200);
      },
    ]);
    expect(await read(api, { ...WATCH, timeoutMs: 100 })).toEqual({ got: [{ a: 1 }], failure: undefined });
  });

  test('is closed when nobody listens any more', async () => {
    let closed = false;
    await using api = await scriptedApi([
      (response, asked) => {
        response.once('close', () => (closed = true));
        eventsAndSilence({ a: 1 })(response, asked);
      },
    ]);
    for await (const object of api.kubernetes.stream(WATCH, NEVER)) {
      expect(object).toEqual({ a: 1 });
      break;
    }
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  test('ends with the reason of the signal', async () => {
    await using api = await scriptedApi([silence]);
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const outcome = follow(api.kubernetes.stream(WATCH, controller.signal));
    await vi.waitFor(() => expect(api.asked).toHaveLength(1));
    controller.abort(reason);
    expect((await outcome).failure).toBe(reason);
  });

  test('keeps no request waiting, however many there are', async () => {
    await using api = await scriptedApi([...Array.from({ length: 20 }, () => silence), answer(200, {})]);
    const controller = new AbortController();
    const streams = Array.from({ length: 20 }, () => follow(api.kubernetes.stream(WATCH, controller.signal)));
    await vi.waitFor(() => expect(api.asked).toHaveLength(20));
    expect(await api.kubernetes.request(WATCH, NEVER)).toEqual({});
    controller.abort(new Error('enough'));
    await Promise.all(streams);
  });
});
