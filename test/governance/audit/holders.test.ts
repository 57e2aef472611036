import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { readObjects } from '../../../governance/audit/inputs/objects.ts';
import { accountAuth, answer, at, bobAuth, event, podAuth, read, report, rootAuth, write } from './logs.ts';

const PATH = 'secret/data/team-a/api-key';

/** Version 1 at noon, read by pods 1 and 2; version 2 an hour later, read by pod 2. */
const ROTATED = [
  write(1, at('12:00:00')),
  read(1, { time: at('12:01:00') }),
  read(1, { time: at('12:01:00'), auth: podAuth('2') }),
  write(2, at('13:00:00')),
  read(2, { time: at('13:01:00'), made: at('13:00:00'), auth: podAuth('2') }),
];

const deletion = (more: JsonObject & { readonly time?: string } = {}): JsonObject =>
  event({ time: at('13:30:00'), verb: 'delete', responseStatus: { code: 200 }, ...more });

const stale = (inputs: Parameters<typeof report>[0]) =>
  report(inputs)
    .of('staleHolder')
    .map(({ uid }) => uid);

describe('a stale holder', () => {
  test('read an older version last than there is', () => {
    expect(report({ store: ROTATED }).of('staleHolder')).toEqual([
      expect.objectContaining({
        pod: 'inference-1',
        uid: '1',
        path: PATH,
        version: 1,
        newestVersion: 2,
        staleSince: '2026-11-25T13:00:00.000Z',
        lastRead: '2026-11-25T12:01:00.000Z',
      }),
    ]);
  });

  test('is stale since the first version that it does not have, not since the newest', () => {
    const store = [...ROTATED, write(3, at('14:00:00'))];
    expect(
      report({ store })
        .of('staleHolder')
        .map(({ uid, staleSince }) => [uid, staleSince]),
    ).toEqual([
      ['1', '2026-11-25T13:00:00.000Z'],
      ['2', '2026-11-25T14:00:00.000Z'],
    ]);
  });

  test('may have gone back to an old version', () => {
    expect(stale({ store: [...ROTATED, read(1, { time: at('14:00:00'), auth: podAuth('2') })] })).toEqual([
      '1',
      '2',
    ]);
  });

  test('is not told by a log that is read late', () => {
    expect(stale({ store: ROTATED.toReversed() })).toEqual(['1']);
  });

  test('is told by a newer version that another pod read, and by the metadata', () => {
    const [, first, , , newer] = ROTATED;
    const seen = answer({
      request: { path: 'secret/metadata/team-a/api-key' },
      response: { mount_type: 'kv', data: { current_version: 2 } },
      auth: bobAuth,
    });
    expect(stale({ store: [first ?? {}, newer ?? {}] })).toEqual(['1']);
    expect(stale({ store: [first ?? {}, seen] })).toEqual(['1']);
  });

  test('of a secret without versions has another value than the last that was read', () => {
    const kv1 = (value: string, uid: string, time: string): JsonObject =>
      answer({
        time,
        auth: podAuth(uid),
        request: { path: 'kv1/app', mount_point: 'kv1/' },
        response: { data: { password: `hmac-sha256:${value}` } },
      });
    const store = [
      kv1('a', '1', at('12:00:00')),
      kv1('a', '2', at('12:00:00')),
      kv1('b', '2', at('13:00:00')),
    ];
    expect(stale({ store })).toEqual(['1']);
  });

  test('is no person: who reads by hand holds nothing', () => {
    expect(
      stale({ store: [read(1, { auth: bobAuth }), read(1, { auth: rootAuth }), write(2, at('13:00:00'))] }),
    ).toEqual([]);
  });
});

describe('a pod that is gone', () => {
  test.each<[string, JsonObject]>([
    ['by its name', deletion()],
    [
      'by its uid, as kubelets delete',
      deletion({
        objectRef: { resource: 'pods', namespace: 'team-a', name: 'x' },
        requestObject: { preconditions: { uid: '1' } },
      }),
    ],
    [
      'by an eviction',
      deletion({
        verb: 'create',
        objectRef: { resource: 'pods', subresource: 'eviction', namespace: 'team-a', name: 'inference-1' },
      }),
    ],
    [
      'with all of its namespace',
      deletion({ verb: 'deletecollection', objectRef: { resource: 'pods', namespace: 'team-a' } }),
    ],
  ])('%s is no holder', (_, api) => {
    expect(stale({ store: ROTATED, api: [api] })).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    [
      'of that name in another namespace',
      deletion({ objectRef: { resource: 'pods', namespace: 'team-b', name: 'inference-1' } }),
    ],
    ['that was refused', deletion({ responseStatus: { code: 403 } })],
    ['that was only tried, by the address', deletion({ requestURI: '/x?dryRun=All' })],
    ['that was only tried, by the body', deletion({ requestObject: { dryRun: ['All'] } })],
    [
      'of some pods by their labels',
      deletion({
        verb: 'deletecollection',
        objectRef: { resource: 'pods', namespace: 'team-a' },
        requestURI: '/x?labelSelector=app%3Dx',
      }),
    ],
    ['of another pod of the same name', deletion({ requestObject: { preconditions: { uid: '9' } } })],
    ['before it read', deletion({ time: at('11:00:00') })],
    [
      'of something else',
      deletion({ objectRef: { resource: 'configmaps', namespace: 'team-a', name: 'inference-1' } }),
    ],
  ])('is not a deletion %s', (_, api) => {
    expect(stale({ store: ROTATED, api: [api] })).toEqual(['1']);
  });

  test('is not the one that was made after it with the same name', () => {
    const made = event({
      time: at('14:00:00'),
      responseObject: { metadata: { uid: '1', name: 'inference-1' } },
    });
    expect(stale({ store: ROTATED, api: [deletion(), made] })).toEqual(['1']);
    expect(stale({ store: ROTATED, api: [made, deletion()] })).toEqual(['1']);
  });

  test('is one that is not among those that there are', () => {
    const podOf = (uid: string): JsonObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { uid } });
    const documents = (uid: string) => [{ file: 'pods.json', object: podOf(uid) }];
    expect(stale({ store: ROTATED, documents: documents('2') })).toEqual([]);
    expect(stale({ store: ROTATED, documents: documents('1') })).toEqual(['1']);
    expect(readObjects([]).pods).toBeUndefined();
  });
});

describe('a service account', () => {
  const login = (time: string, version: number): JsonObject =>
    read(version, { time, auth: accountAuth('x') });

  test('is a holder as long as its token may live', () => {
    const store = [login(at('12:00:00'), 1), write(2, at('12:09:00'))];
    expect(report({ store }).of('staleHolder')).toMatchObject([{ identity: 'service account only' }]);
  });

  test('is none when its token has ended', () => {
    expect(stale({ store: [login(at('12:00:00'), 1), write(2, at('12:11:00'))] })).toEqual([]);
  });

  test('is none when it gave its token back', () => {
    const bye = answer({
      time: at('12:01:00'),
      auth: accountAuth('x'),
      request: { operation: 'update', path: 'auth/token/revoke-self', mount_type: 'token' },
    });
    expect(stale({ store: [login(at('12:00:00'), 1), bye, write(2, at('12:02:00'))] })).toEqual([]);
  });
});

describe('a secret', () => {
  test('has its newest version, and how many hold it or an older one', () => {
    expect(report({ store: ROTATED }).of('secret')).toEqual([
      {
        section: 'secret',
        store: 'openbao',
        path: PATH,
        newestVersion: 2,
        since: '2026-11-25T13:00:00.000Z',
        holders: 1,
        staleHolders: 1,
        lastDelivery: '2026-11-25T13:01:00.000Z',
      },
    ]);
  });

  test('that was written and not read again has no delivery of its newest version', () => {
    expect(report({ store: [read(1), write(2, at('13:00:00'))] }).of('secret')).toMatchObject([
      { newestVersion: 2, holders: 0, staleHolders: 1, lastDelivery: undefined },
    ]);
  });

  test('that was destroyed begins anew, and old versions make nobody stale', () => {
    const destroy = (time: string, path: string): JsonObject =>
      answer({ time, auth: rootAuth, request: { operation: 'delete', path } });
    const again = read(1, { time: at('15:00:00'), made: at('14:30:00'), auth: podAuth('3') });
    const store = [...ROTATED, destroy(at('14:00:00'), 'secret/metadata/team-a/api-key'), again];
    expect(stale({ store })).not.toContain('3');
    expect(report({ store }).of('secret')).toMatchObject([{ newestVersion: 1, holders: 1, staleHolders: 0 }]);
    const onlyDeleted = [...ROTATED, destroy(at('14:00:00'), PATH), again];
    expect(stale({ store: onlyDeleted })).toEqual(['1', '3']);
  });

  test('is as old as the store says, not as the first look at it', () => {
    const store = [read(1, { time: at('15:00:00'), made: '2026-11-01T00:00:00Z' })];
    expect(report({ store }).of('secret')).toMatchObject([{ since: '2026-11-01T00:00:00.000Z' }]);
  });
});

describe('what comes after the end of the report', () => {
  const window = { since: Number.NEGATIVE_INFINITY, until: Date.parse(at('14:00:00')) };

  test('makes nobody stale', () => {
    const store = [...ROTATED, write(3, at('14:00:01'))];
    expect(stale({ store, window })).toEqual(['1']);
    expect(report({ store, window }).of('secret')).toMatchObject([{ newestVersion: 2 }]);
  });

  test('deletes no pod', () => {
    expect(stale({ store: ROTATED, api: [deletion({ time: at('14:00:01') })], window })).toEqual(['1']);
  });
});
