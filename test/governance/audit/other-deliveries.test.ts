import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { accountAuth, answer, bobAuth, HMAC, read, report, rootAuth, versionOf } from './logs.ts';

const deliveries = (...store: readonly JsonObject[]) => report({ store }).of('delivery');

describe('secrets without versions', () => {
  const kv1 = (value: string, data: JsonObject = {}): JsonObject =>
    answer({
      request: { path: 'kv1/app', mount_point: 'kv1/' },
      response: { data: { password: `hmac-sha256:${value}`, ...data } },
    });

  test('are delivered again when their hash is another one', () => {
    expect(deliveries(kv1('a'), kv1('a'), kv1('b'), kv1('b'), kv1('a'))).toHaveLength(3);
  });

  test('count numbers as part of the value', () => {
    expect(deliveries(kv1('a', { port: 1 }), kv1('a', { port: 1 }), kv1('a', { port: 2 }))).toHaveLength(2);
  });

  test('are the same in whatever order their fields stand', () => {
    const swapped = answer({
      request: { path: 'kv1/app', mount_point: 'kv1/' },
      response: { data: { port: 1, password: 'hmac-sha256:a' } },
    });
    expect(deliveries(kv1('a', { port: 1 }), swapped)).toHaveLength(1);
  });

  test('of a database count no seconds down', () => {
    const creds = (password: string, ttl: number): JsonObject =>
      answer({
        request: { path: 'database/static-creds/app', mount_point: 'database/', mount_type: 'database' },
        response: { data: { password, ttl } },
      });
    expect(deliveries(creds('a', 60), creds('a', 50), creds('b', 60))).toHaveLength(2);
  });

  test('are found in the log of a store that does not say what its mounts are', () => {
    const old = { request: { id: 'r', operation: 'read', path: 'kv1/app' }, response: { data: { a: HMAC } } };
    expect(deliveries({ ...answer({}), ...old })).toHaveLength(1);
  });
});

describe('dynamic secrets', () => {
  const lease = (id: string): JsonObject =>
    answer({
      request: { path: 'database/creds/app', mount_point: 'database/', mount_type: 'database' },
      response: { secret: { lease_id: id }, data: { username: HMAC, password: HMAC } },
    });

  test('are a delivery with each lease', () => {
    const told = deliveries(lease('database/creds/app/1'), lease('database/creds/app/2'));
    expect(told.map((row) => row['lease'])).toEqual(['database/creds/app/1', 'database/creds/app/2']);
  });

  test('whose lease is hashed are told without the hash', () => {
    expect(deliveries(lease(HMAC)).map((row) => row['lease'])).toEqual(['hashed in the log']);
  });

  test('are certificates whose key was made for the request, with a lease or without', () => {
    const issued = answer({
      request: { operation: 'update', path: 'pki/issue/app', mount_point: 'pki/', mount_type: 'pki' },
      response: { data: { certificate: HMAC, private_key: HMAC, serial_number: HMAC } },
    });
    expect(deliveries(issued, issued).map((row) => row['lease'])).toEqual(['none', 'none']);
  });
});

describe('who is no pod', () => {
  test('is a service account where the login method knows no more, and the report says so', () => {
    const { of } = report({ store: [read(1, { auth: accountAuth('x') })] });
    expect(of('delivery')[0]).toMatchObject({
      identity: 'service account only',
      serviceAccount: 'model-server',
    });
    expect(of('integrity')).toContainEqual(expect.objectContaining({ kind: 'identity', count: 1 }));
  });

  test('is told apart by its login', () => {
    const store = ['x', 'x', 'y', 'y'].map((accessor) => read(1, { auth: accountAuth(accessor) }));
    expect(deliveries(...store)).toHaveLength(2);
  });

  test('of a batch token is told apart by its entity', () => {
    const store = ['e-1', 'e-1', 'e-2'].map((entity) =>
      read(1, { auth: { ...accountAuth(''), entity_id: entity } }),
    );
    expect(deliveries(...store)).toHaveLength(2);
  });

  test('is a person or the root token', () => {
    const told = deliveries(read(1, { auth: bobAuth }), read(1, { auth: rootAuth }));
    expect(told.map(({ identity }) => identity)).toEqual(['userpass-bob', 'root token']);
  });
});

describe('wrapped answers', () => {
  const wrap = answer({ response: { wrap_info: { token: HMAC, accessor: 'w-1', ttl: 60 } } });
  const unwrap = (auth: JsonObject, data: JsonObject = {}): JsonObject =>
    answer({
      auth,
      request: {
        id: 'r-2',
        operation: 'update',
        path: 'sys/wrapping/unwrap',
        mount_type: 'system',
        mount_point: 'sys/',
        data,
      },
      response: versionOf(4),
    });

  test('are delivered when they are taken out, to whoever asked for them', () => {
    expect(deliveries(wrap, unwrap({ accessor: 'w-1', policies: ['response-wrapping'] }))).toMatchObject([
      { uid: '1', path: 'secret/data/team-a/api-key', mount: 'secret/', version: 4, requestId: 'r-2' },
    ]);
  });

  test('are found by the hash of the wrapping token, too', () => {
    expect(deliveries(wrap, unwrap({ accessor: 'mine' }, { token: HMAC }))).toMatchObject([
      { uid: '1', version: 4 },
    ]);
  });

  test('that were wrapped before the log began are told without a path', () => {
    const [row] = deliveries(unwrap({ accessor: 'w-9' }));
    expect(row).toMatchObject({ version: 4, path: expect.stringContaining('unknown') });
  });

  test('are no delivery as long as nobody takes them out', () => {
    expect(deliveries(wrap)).toEqual([]);
  });
});
