import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SecretRef, Session } from '../../../agent/provider/provider.ts';
import { folder, type Lent, lend, NEVER, one, valuesOf } from '../../agent/provider/infisical/stage.ts';
import { type Contract, dynamicSecrets, openContract } from './stage.ts';

let server: Contract;
let lent: Lent;
let session: Session;

beforeAll(async () => {
  server = await openContract(process.env);
  lent = await lend(server);
  session = await lent.provider.login(NEVER);
});

afterAll(async () => {
  await lent[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const list = async (parameters = {}): Promise<Record<string, string>> =>
  valuesOf(await session.read(folder(server.place, parameters), NEVER));

describe('what the provider expects of an Infisical server', () => {
  test('a login is good for a while', () => {
    expect(session.lifetime).toMatchObject({ kind: 'leased', renewable: true });
  });

  test.each([
    ['TEXT', 'line 1\nline 2 "quoted" \\ pä$$ 日本'],
    ['KEY', '-----BEGIN KEY-----\nabc\n-----END KEY-----\n'],
    ['NUMBER', '0012345678901234567890'],
    ['JSON', '{"a": [1, null, "\\u0000"]}'],
    ['EMPTY', ''],
  ])('a value is to the provider what it is to the SDK: %s', async (key, value) => {
    await server.write(key, value);
    const expected = await server.readOne(key);
    expect(valuesOf(await session.read(one(server.place, key), NEVER))).toEqual({ [key]: expected });
    expect(await list()).toEqual(await server.read());
    expect(expected.trimEnd()).toBe(value.trimEnd());
  });

  test('what has not changed is confirmed, and what has is told', async () => {
    await server.write('CHANGING', '1');
    const before = await session.read(folder(server.place), NEVER);
    expect(await session.read(folder(server.place), NEVER)).toBe(before);
    await server.write('CHANGING', '2');
    expect(await list()).toMatchObject({ CHANGING: '2' });
    expect(await list()).toEqual(await server.read());
  });

  test('a change of a secret that is referred to is one of the secret that refers to it', async () => {
    const dsn = `db://\${${server.reference}.USER}@host`;
    await server.write('USER', 'app');
    await server.write('DSN', dsn);
    expect(await list()).toMatchObject({ DSN: 'db://app@host' });
    await server.write('USER', 'other');
    expect(await list()).toMatchObject({ DSN: 'db://other@host' });
    const raw = await list({ expandSecretReferences: 'false' });
    expect(raw).toMatchObject({ DSN: dsn });
    expect(raw).toEqual(await server.read(false));
  });

  test('folders are told apart', async () => {
    await server.write('SAME', 'here');
    const beside = await server.beside('other', { SAME: 'there', ONLY: 'there' });
    expect(await list()).toMatchObject({ SAME: 'here' });
    expect(valuesOf(await session.read(folder(beside), NEVER))).toEqual({ SAME: 'there', ONLY: 'there' });
  });

  test('a secret that was deleted, or never was, is not found', async () => {
    await server.write('SHORT_LIVED', '1');
    await server.remove('SHORT_LIVED');
    await expect(server.readOne('SHORT_LIVED')).rejects.toThrow('404');
    for (const ref of [one(server.place, 'SHORT_LIVED'), folder(`${server.place}/none`)])
      await expect(session.read(ref, NEVER)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a wrong client secret is refused, once', async () => {
    await using other = await lend({ ...server, client: { ...server.client, secret: 'wrong' } });
    await expect(other.provider.login(NEVER)).rejects.toMatchObject({
      code: 'login_refused',
      retryAfterMs: 60_000,
    });
  });

  test('a token is renewed by another one, and revoked together with it', async () => {
    const fresh = await lent.provider.login(NEVER);
    const old = lent.provider.resume(fresh.token, fresh.lifetime);
    await fresh.renew({ kind: 'token' }, NEVER);
    await expect(fresh.read(folder(server.place), NEVER)).resolves.toHaveProperty('value');
    await fresh.revoke({ kind: 'token' }, NEVER);
    for (const revoked of [old, fresh])
      await expect(revoked.read(folder(server.place), NEVER)).rejects.toMatchObject({
        code: 'token_invalid',
      });
  });

  test.each(dynamicSecrets(process.env))(
    'a lease of %s goes on without the token that made it',
    async (dynamic) => {
      const [path = '', name = ''] = dynamic.split('#');
      const ref: SecretRef = {
        store: 'infisical',
        operation: 'write',
        path,
        parameters: { dynamicSecret: name, ttl: '2m' },
      };
      const fresh = await lent.provider.login(NEVER);
      const { leaseId = '', lifetime } = await fresh.read(ref, NEVER);
      await fresh.revoke({ kind: 'token' }, NEVER);
      expect(lifetime).toMatchObject({ kind: 'leased', lasting: true });
      const renewed = await session.renew({ kind: 'secret', id: leaseId }, NEVER);
      expect('ttlMs' in renewed ? renewed.ttlMs : 0).toBeGreaterThan(150_000);
      await session.revoke({ kind: 'secret', id: leaseId }, NEVER);
      await expect(session.renew({ kind: 'secret', id: leaseId }, NEVER)).rejects.toMatchObject({
        code: 'lease_gone',
      });
    },
  );
});
