import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import {
  added,
  answer,
  bookmark,
  deleted,
  events,
  eventsAndSilence,
  modified,
  page,
  refuse,
  scriptedApi,
  secret,
  silence,
  status,
} from './scripted-api.ts';
import { SECRETS, watching } from './watching.ts';

const expectTold = async (
  watch: { readonly told: readonly string[] },
  expected: readonly string[],
): Promise<void> => {
  await vi.waitFor(() => expect(watch.told).toEqual(expected), { timeout: 10_000 });
};

describe('a watch', () => {
  test('tells of everything there is, page by page, and then of changes', async () => {
    await using api = await scriptedApi([
      page(10, [secret('a', 3), secret('b', 4)], 'more'),
      page(10, [secret('c', 5)]),
      eventsAndSilence(added(secret('d', 11)), modified(secret('a', 12)), deleted(secret('b', 13))),
    ]);
    await using watch = watching(api.kubernetes, systemClock, {
      path: '/api/v1/namespaces/ml/secrets',
      metadataOnly: false,
      labelSelector: 'app=vllm',
      fieldSelector: 'type=Opaque',
    });
    await expectTold(watch, [
      'put ml/a 3',
      'put ml/b 4',
      'put ml/c 5',
      'synced',
      'put ml/d 11',
      'put ml/a 12',
      'deleted ml/b b',
    ]);
    const selectors = { labelSelector: 'app=vllm', fieldSelector: 'type=Opaque' };
    expect(api.asked.map(({ path, query }) => [path, query])).toEqual([
      ['/api/v1/namespaces/ml/secrets', { ...selectors, limit: '500' }],
      ['/api/v1/namespaces/ml/secrets', { ...selectors, limit: '500', continue: 'more' }],
      [
        '/api/v1/namespaces/ml/secrets',
        {
          ...selectors,
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: '10',
          timeoutSeconds: '300',
        },
      ],
    ]);
    expect(api.asked.map(({ headers }) => headers.accept)).toEqual(
      Array.from({ length: 3 }, () => 'application/json'),
    );
    expect(watch.restarts).toEqual([]);
  });

  test('of metadata alone asks for no more', async () => {
    await using api = await scriptedApi([page(10, []), silence]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced']);
    await vi.waitFor(() => expect(api.asked).toHaveLength(2));
    expect(api.asked.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ]);
  });

  test('goes on from the last version when the server ends it', async () => {
    await using api = await scriptedApi([
      page(10, []),
      events(added(secret('a', 11))),
      events(),
      eventsAndSilence(modified(secret('a', 12))),
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced', 'put ml/a 11', 'put ml/a 12']);
    expect(api.asked.map(({ query }) => query['resourceVersion'])).toEqual([undefined, '10', '11', '11']);
    expect(watch.restarts).toEqual([]);
  });

  test('goes on from a bookmark, which is no news', async () => {
    await using api = await scriptedApi([
      page(10, []),
      events(added(secret('a', 11)), bookmark(40)),
      eventsAndSilence(added(secret('b', 41))),
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced', 'put ml/a 11', 'put ml/b 41']);
    expect(api.asked[2]?.query['resourceVersion']).toBe('40');
  });

  test('that is cut in the middle of a line goes on from the line before', async () => {
    await using api = await scriptedApi([
      page(10, []),
      (response) => {
        const whole = JSON.stringify(added(secret('a', 11)));
        const half = JSON.stringify(added(secret('b', 12))).slice(0, 30);
        response.writeHead(200).end(`${whole}\n${half}`);
      },
      eventsAndSilence(added(secret('b', 12))),
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced', 'put ml/a 11', 'put ml/b 12']);
    expect(api.asked[2]?.query['resourceVersion']).toBe('11');
    expect(watch.restarts).toEqual(['unreachable']);
  });

  test('goes on after faults that pass, and ones that somebody has to mend', async () => {
    await using api = await scriptedApi([
      refuse(500, 'InternalError'),
      refuse(403, 'Forbidden'),
      page(10, [secret('a', 3)]),
      refuse(403, 'Forbidden'),
      refuse(429, 'TooManyRequests'),
      (response) => response.destroy(),
      eventsAndSilence(added(secret('b', 11))),
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['put ml/a 3', 'synced', 'put ml/b 11']);
    expect(watch.restarts).toEqual(['server_error', 'forbidden', 'forbidden', 'rate_limited', 'unreachable']);
    expect(api.asked.slice(3).map(({ query }) => query['resourceVersion'])).toEqual(['10', '10', '10', '10']);
  });
});

describe('a version that the server has forgotten', () => {
  const list = page(10, [secret('a', 3), secret('b', 4), secret('c', 5, 'c-1')]);
  const listAgain = page(20, [secret('a', 3), secret('c', 19, 'c-2'), secret('d', 18)]);
  const both = [
    'put ml/a 3',
    'put ml/b 4',
    'put ml/c 5',
    'synced',
    'put ml/a 3',
    'deleted ml/c c-1',
    'put ml/c 19',
    'put ml/d 18',
    'deleted ml/b b',
    'synced',
  ];

  test.each([
    ['is refused', refuse(410, 'Expired')],
    ['ends a watch', events({ type: 'ERROR', object: status(410, 'Expired') })],
    [
      'or does not know yet',
      refuse(504, 'Timeout', { causes: [{ reason: 'ResourceVersionTooLarge', message: '' }] }),
    ],
    ['or finds malformed', refuse(400, 'BadRequest')],
  ])('%s: all is listed again, and what has vanished is told', async (_, step) => {
    await using api = await scriptedApi([list, step, listAgain, silence]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, both);
    expect(watch.restarts).toHaveLength(1);
    await vi.waitFor(() => expect(api.asked[3]?.query['resourceVersion']).toBe('20'));
  });

  test('in the middle of a list: it is listed from the beginning', async () => {
    await using api = await scriptedApi([
      page(10, [secret('a', 3), secret('b', 4)], 'more'),
      refuse(410, 'Expired'),
      page(20, [secret('b', 4)], 'more'),
      page(20, [secret('c', 5)]),
      silence,
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, [
      'put ml/a 3',
      'put ml/b 4',
      'put ml/b 4',
      'put ml/c 5',
      // Told in the first, given-up list.
      'deleted ml/a a',
      'synced',
    ]);
    expect(api.asked[2]?.query).toEqual({ limit: '500' });
  });
});

test('the end of an object is told once, however often all is listed', async () => {
  await using api = await scriptedApi([
    page(10, [secret('a', 3)]),
    refuse(410, 'Expired'),
    page(20, []),
    refuse(410, 'Expired'),
    page(30, []),
    silence,
  ]);
  await using watch = watching(api.kubernetes, systemClock);
  await expectTold(watch, ['put ml/a 3', 'synced', 'deleted ml/a a', 'synced', 'synced']);
  expect(watch.restarts).toEqual(['gone', 'gone']);
});

describe('nonsense', () => {
  test.each([
    ['no JSON', (response: { end(text: string): unknown }) => void response.end('<html>\n')],
    ['an unknown event', events({ type: 'RENAMED', object: secret('a', 11) })],
    ['an event without an object', events({ type: 'ADDED' })],
    ['an object without a version', events(added({ metadata: { name: 'a' } }))],
  ])('in a watch leads to a list: %s', async (_, step) => {
    await using api = await scriptedApi([page(10, []), step, page(20, []), silence]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced', 'synced']);
    expect(watch.restarts).toEqual(['invalid_response']);
  });

  test('in a list is no empty list', async () => {
    await using api = await scriptedApi([
      page(10, [secret('a', 3)]),
      refuse(410, 'Expired'),
      answer(200, { metadata: { resourceVersion: '20' } }),
      answer(200, { items: [] }),
      page(30, [secret('a', 3)]),
      silence,
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['put ml/a 3', 'synced', 'put ml/a 3', 'synced']);
    expect(watch.restarts).toEqual(['gone', 'invalid_response', 'invalid_response']);
  });

  test('in an ERROR event is a fault of the server, and goes on', async () => {
    await using api = await scriptedApi([
      page(10, []),
      events({ type: 'ERROR', object: {} }),
      eventsAndSilence(added(secret('a', 11))),
    ]);
    await using watch = watching(api.kubernetes, systemClock);
    await expectTold(watch, ['synced', 'put ml/a 11']);
    expect(watch.restarts).toEqual(['server_error']);
  });
});

test('a watch of everything sees a namespaced and a clusterwide object of one name as two', async () => {
  const namespace = { metadata: { name: 'a', uid: 'x', resourceVersion: '2' } };
  await using api = await scriptedApi([page(10, [namespace, secret('a', 3)]), silence]);
  await using watch = watching(api.kubernetes, systemClock, { ...SECRETS, metadataOnly: false });
  await expectTold(watch, ['put /a 2', 'put ml/a 3', 'synced']);
});
