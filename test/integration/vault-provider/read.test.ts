import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serialiseJson } from '../../../agent/value/json.ts';
import { containing, reading } from '../../agent/provider/vault/fixtures.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { dataOf, login, NEVER, openStage } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await openStage();
});

afterAll(() => bao.stop());

describe('a secret', () => {
  test('of KV v2 comes whole and is polled', async () => {
    const { value, lifetime, leaseId } = await (
      await login(bao)
    ).read(reading('secret/data/ml/api-key'), NEVER);
    expect([...dataOf(value.reveal()).keys()]).toEqual(['data', 'metadata']);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('k-1');
    expect(lifetime).toEqual({ kind: 'polled' });
    expect(leaseId).toBeUndefined();
  });

  test('of KV v2 that is as it was before is the very one that is known', async () => {
    const session = await login(bao);
    const { value } = await session.read(reading('secret/data/ml/api-key'), NEVER);
    const again = await session.read(reading('secret/data/ml/api-key'), NEVER, value);
    expect(again).toEqual({ value, lifetime: { kind: 'polled' } });
    expect(again.value).toBe(value);
    await bao.api('POST', 'secret/data/ml/other', { data: { key: 'k-1' } });
    const other = await session.read(reading('secret/data/ml/other'), NEVER, value);
    expect(other.value).not.toBe(value);
  });

  test('of KV v2 may be named without data/', async () => {
    const { value } = await (await login(bao)).read(reading('secret/ml/api-key'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('k-1');
  });

  test('of KV v2 whose name begins with data/ is found too', async () => {
    await bao.api('POST', 'secret/data/data/odd', { data: { key: 'odd' } });
    const { value } = await (await login(bao)).read(reading('secret/data/data/odd'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('odd');
  });

  test('may be asked for in an older version', async () => {
    await bao.api('POST', 'secret/data/ml/versions', { data: { key: 'first' } });
    await bao.api('POST', 'secret/data/ml/versions', { data: { key: 'second' } });
    const session = await login(bao);
    const { value } = await session.read(reading('secret/data/ml/versions?version=1'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('first');
  });

  test('of KV v1 is polled as often as it says itself, though the server sends a lease duration', async () => {
    const { value, lifetime } = await (await login(bao)).read(reading('kv1/app'), NEVER);
    expect(dataOf(value.reveal()).get('password')).toBe('old');
    expect(lifetime).toEqual({ kind: 'polled', everyMs: 30_000 });
  });

  // KV v2 of OpenBao itself stores numbers as doubles, so KV v1 shows what is ours.
  test('keeps every digit of its numbers', async () => {
    const { value } = await (await login(bao)).read(reading('kv1/numbers'), NEVER);
    expect(serialiseJson(dataOf(value.reveal()))).toBe('{"id":12345678901234567890,"price":1.50}');
  });

  test('can be written, with data/ and its envelope added for KV v2', async () => {
    const ref = { ...reading('secret/ml/written'), operation: 'write', parameters: { key: 'mine' } } as const;
    const { value } = await (await login(bao)).read(ref, NEVER);
    expect(dataOf(value.reveal()).has('version')).toBe(true);
    await expect(bao.api('GET', 'secret/data/ml/written')).resolves.toMatchObject({
      data: { data: { key: 'mine' } },
    });
  });

  test('can be listed', async () => {
    const session = await login(bao);
    const { value } = await session.read({ ...reading('secret/ml'), operation: 'list' }, NEVER);
    expect(dataOf(value.reveal()).get('keys')).toContain('api-key');
  });

  test('that does not exist is not found', async () => {
    await expect((await login(bao)).read(reading('secret/data/ml/none'), NEVER)).rejects.toMatchObject({
      code: 'not_found',
      message: containing('Cannot read secret/data/ml/none: there is nothing'),
    });
  });

  test('whose version was deleted is not found, and the message says why', async () => {
    await bao.api('POST', 'secret/data/ml/deleted', { data: { key: 'gone' } });
    await bao.api('DELETE', 'secret/data/ml/deleted');
    await expect((await login(bao)).read(reading('secret/data/ml/deleted'), NEVER)).rejects.toMatchObject({
      code: 'not_found',
      message: containing('this version was deleted or destroyed'),
    });
  });

  test('that the policy forbids is forbidden, and the message says what to grant', async () => {
    await expect((await login(bao)).read(reading('secret/data/other'), NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: containing('grant "read" on "secret/data/other"'),
    });
  });
});

/** The number of requests that the server has had. */
async function count(): Promise<number> {
  return (await bao.audit()).filter(({ type }) => type === 'request').length;
}

test('a path with its data/ part costs one request, and one without costs the mount’s look-up once', async () => {
  const session = await login(bao);
  const start = await count();
  await session.read(reading('secret/data/ml/api-key'), NEVER);
  expect((await count()) - start).toBe(1);
  await Promise.all([1, 2, 3].map(() => session.read(reading('secret/ml/api-key'), NEVER)));
  expect((await count()) - start).toBe(5);
});

test('a missing secret costs its own request and the mount’s look-up', async () => {
  const session = await login(bao);
  const start = await count();
  await expect(session.read(reading('secret/data/ml/none'), NEVER)).rejects.toThrow('there is nothing');
  expect((await count()) - start).toBe(2);
});
