import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import { VERSION } from '#platform/version.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { containing } from '../../agent/provider/vault/fixtures.ts';
import { answer, NEVER, refuse, scriptedApi, type Step } from './scripted-api.ts';

const GET: KubernetesCall = { method: 'GET', path: '/api/v1/namespaces/ml/secrets/model-registry' };
const DOING = 'Cannot get secrets model-registry in ml';

describe('a request', () => {
  test('carries the token, says who asks, and gives the object of the answer', async () => {
    await using api = await scriptedApi([answer(200, { kind: 'Secret' })]);
    const query = { labelSelector: 'app in (a, b)', force: 'true' };
    expect(await api.kubernetes.request({ ...GET, query }, NEVER)).toEqual({ kind: 'Secret' });
    expect(api.asked).toMatchObject([
      {
        method: 'GET',
        path: GET.path,
        query,
        body: '',
        headers: {
          authorization: 'Bearer the-token',
          accept: 'application/json',
          'user-agent': `sidekey/${VERSION}`,
        },
      },
    ]);
  });

  test.each([
    [undefined, 'application/json'],
    ['json', 'application/json'],
    ['apply', 'application/apply-patch+yaml'],
    ['merge', 'application/merge-patch+json'],
  ] as const)('of type %s is sent as %s', async (type, contentType) => {
    await using api = await scriptedApi([answer(200, {})]);
    const call: KubernetesCall = { method: 'PATCH', path: GET.path, body: { a: 'ä' } };
    await api.kubernetes.request(type === undefined ? call : { ...call, type }, NEVER);
    expect(api.asked[0]).toMatchObject({ body: '{"a":"ä"}', headers: { 'content-type': contentType } });
  });

  test('goes over a connection that is there already', async () => {
    await using api = await scriptedApi([answer(200, {})]);
    for (let times = 0; times < 10; times += 1) await api.kubernetes.request(GET, NEVER);
    // The answer is there a moment before its connection counts as free.
    expect(api.connections()).toBeLessThanOrEqual(2);
  });

  test('is one of eight at a time', async () => {
    let open = 0;
    let most = 0;
    const slow: Step = (response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end('{}');
      }, 20);
    };
    await using api = await scriptedApi([slow]);
    await Promise.all(Array.from({ length: 40 }, () => api.kubernetes.request(GET, NEVER)));
    expect(api.asked).toHaveLength(40);
    expect(most).toBe(8);
  });

  test('leaves no timer behind', async () => {
    const clock = new SteeredClock();
    await using api = await scriptedApi([answer(200, {})], { clock });
    const sleeping = vi.spyOn(clock, 'sleep');
    await api.kubernetes.request({ ...GET, timeoutMs: 60_000 }, NEVER);
    expect(sleeping).toHaveBeenCalledTimes(1);
    expect(sleeping.mock.calls[0]?.[1].aborted).toBe(true);
  });
});

describe('the token', () => {
  test('is asked for once a minute', async () => {
    const clock = new SteeredClock();
    const tokens = ['first', 'second'];
    await using api = await scriptedApi([answer(200, {})], { clock, token: () => tokens.shift() ?? 'none' });
    await api.kubernetes.request(GET, NEVER);
    await clock.advance(59_000);
    await api.kubernetes.request(GET, NEVER);
    await clock.advance(1000);
    await api.kubernetes.request(GET, NEVER);
    expect(api.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  test('is read again when it is refused, and the request sent once more', async () => {
    const tokens = ['old', 'new'];
    await using api = await scriptedApi(
      [refuse(401, 'Unauthorized'), answer(200, { kind: 'Secret' })],
      // A file ends in a newline, often.
      { token: () => Promise.resolve(`${tokens.shift()}\n`) },
    );
    expect(await api.kubernetes.request({ ...GET, method: 'PUT', body: { a: 1 } }, NEVER)).toEqual({
      kind: 'Secret',
    });
    expect(api.asked.map(({ headers, body }) => [headers.authorization, body])).toEqual([
      ['Bearer old', '{"a":1}'],
      ['Bearer new', '{"a":1}'],
    ]);
  });

  test('that is refused twice is refused', async () => {
    let number = 0;
    await using api = await scriptedApi([refuse(401, 'Unauthorized')], { token: () => `${(number += 1)}` });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'unauthorized',
      status: 401,
      transient: false,
      message: containing(`${DOING}: the API server does not accept the token`),
    });
    expect(api.asked).toHaveLength(2);
  });

  test('is not sent again if there is none other', async () => {
    await using api = await scriptedApi([refuse(401, 'Unauthorized')]);
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({ reason: 'unauthorized' });
    expect(api.asked).toHaveLength(1);
  });

  test('that is no token is not sent, and not shown', async () => {
    await using api = await scriptedApi([answer(200, {})], { token: () => 'canary\n4f9d' });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'invalid',
      message: `${DOING}: it cannot be put into a request; check that the token is one line of text`,
    });
    expect(api.asked).toEqual([]);
  });

  test('that cannot be read is no request', async () => {
    const token = (): string => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    };
    await using api = await scriptedApi([answer(200, {})], { token });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'unauthorized',
      message: containing('Cannot read the service-account token: ENOENT'),
    });
    expect(api.asked).toEqual([]);
  });
});

describe('an answer that is none', () => {
  test.each([
    ['text', 'upstream connect error'],
    ['half an object', '{"kind":'],
    ['a list', '[]'],
    ['nothing', ''],
  ])('is invalid: %s', async (_, text) => {
    await using api = await scriptedApi([(response) => void response.end(text)]);
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'invalid_response',
      message: `${DOING}: the answer is no JSON object; check that the address is that of an API server`,
    });
  });

  test('is given up when it grows too large', async () => {
    let closed = false;
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const endless: Step = (response) => {
      response.once('close', () => (closed = true));
      response.writeHead(200).on('drain', () => response.write(chunk));
      response.write(chunk);
    };
    await using api = await scriptedApi([endless]);
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'invalid_response',
      message: containing(`${DOING}: the answer is larger than 33554432 bytes`),
    });
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  test('may come from a proxy that explains itself in HTML', async () => {
    await using api = await scriptedApi([
      (response) => void response.writeHead(502).end('<html>Bad Gateway</html>'),
      (response) => void response.writeHead(302, { location: 'http://elsewhere/' }).end(),
    ]);
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'server_error',
      status: 502,
    });
    await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
      reason: 'invalid_response',
      message: containing('redirects'),
    });
  });
});

test('a fault of ours is not taken for one of the API server', async () => {
  await using api = await scriptedApi([answer(200, {})]);
  const body: { self?: object } = {};
  body.self = body;
  const call: KubernetesCall = { method: 'PUT', path: GET.path, body };
  await expect(api.kubernetes.request(call, NEVER)).rejects.toThrow(TypeError);
});

test('a server that limits the rate says for how long, and nothing is sent again', async () => {
  await using api = await scriptedApi([refuse(429, 'TooManyRequests', {}), answer(200, {})]);
  await expect(api.kubernetes.request(GET, NEVER)).rejects.toMatchObject({ reason: 'rate_limited' });
  await using later = await scriptedApi([answer(429, {}, { 'retry-after': '7' })]);
  await expect(later.kubernetes.request(GET, NEVER)).rejects.toMatchObject({
    reason: 'rate_limited',
    retryAfterMs: 7000,
    transient: true,
  });
  await sleep(50);
  expect([api.asked.length, later.asked.length]).toEqual([1, 1]);
});
