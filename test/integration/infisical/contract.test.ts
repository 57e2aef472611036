import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../agent/provider/provider.ts';
import { folder, type Lent, lend, NEVER, one, valuesOf } from '../../agent/provider/infisical/stage.ts';
import { type Contract, openContract } from './stage.ts';

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

  test('a value comes back as it was written', async () => {
    const value = 'line 1\nline 2 "quoted" \\ pä$$ 日本';
    await server.write('EXACT', value);
    expect(await list()).toEqual({ EXACT: value });
    expect(valuesOf(await session.read(one(server.place, 'EXACT'), NEVER))).toEqual({ EXACT: value });
  });

  test('what has not changed is confirmed, and what has is told', async () => {
    await server.write('CHANGING', '1');
    const before = await session.read(folder(server.place), NEVER);
    expect(await session.read(folder(server.place), NEVER)).toBe(before);
    await server.write('CHANGING', '2');
    expect(await list()).toMatchObject({ CHANGING: '2' });
  });

  test('a change of a secret that is referred to is one of the secret that refers to it', async () => {
    await server.write('USER', 'app');
    await server.write('DSN', `db://\${${server.reference}.USER}@host`);
    expect(await list()).toMatchObject({ DSN: 'db://app@host' });
    await server.write('USER', 'other');
    expect(await list()).toMatchObject({ DSN: 'db://other@host' });
    expect(await list({ expandSecretReferences: 'false' })).toMatchObject({
      DSN: `db://\${${server.reference}.USER}@host`,
    });
  });

  test('a secret that was deleted, or never was, is not found', async () => {
    await server.write('SHORT_LIVED', '1');
    await server.remove('SHORT_LIVED');
    await expect(session.read(one(server.place, 'SHORT_LIVED'), NEVER)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(session.read(folder(`${server.place}/none`), NEVER)).rejects.toMatchObject({
      code: 'not_found',
    });
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
});
