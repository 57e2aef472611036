import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containing, reading } from '../../agent/provider/vault/fixtures.ts';
import { CREDENTIALS_PATH, mountDatabase } from '../../servers/database.ts';
import type { OpenBaoServer } from '../../servers/openbao.ts';
import { startPostgres } from '../../servers/postgres.ts';
import { writePolicy, writeRole } from '../../servers/service-account.ts';
import { dataOf, login, NEVER, openStage, withProvider } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await openStage();
});

afterAll(() => bao.stop());

/** In milliseconds, give or take the seconds that OpenBao rounds. */
const AN_HOUR: unknown = expect.closeTo(3_600_000, -4);

describe('a lease', () => {
  const ref = {
    ...reading('pki/issue/web'),
    operation: 'write',
    parameters: { common_name: 'model.example' },
  } as const;

  beforeAll(async () => {
    await bao.api('POST', 'sys/mounts/pki', { type: 'pki' });
    await bao.api('POST', 'pki/root/generate/internal', { common_name: 'Test', ttl: '24h', key_type: 'ec' });
    const role = { allow_any_name: true, key_type: 'ec', key_bits: 256, ttl: '1h' };
    await bao.api('POST', 'pki/roles/web', { ...role, generate_lease: true });
    await bao.api('POST', 'pki/roles/plain', { ...role, generate_lease: false });
  });

  test('comes with a certificate where the role makes one', async () => {
    const { lifetime, leaseId } = await (await login(bao)).read(ref, NEVER);
    expect(lifetime).toEqual({ kind: 'leased', ttlMs: AN_HOUR, renewable: false });
    expect(leaseId).toMatch(/^pki\/issue\/web\//u);
  });

  test('does not come where the role makes none: the certificate ends by itself', async () => {
    const { lifetime, leaseId } = await (await login(bao)).read({ ...ref, path: 'pki/issue/plain' }, NEVER);
    expect(leaseId).toBeUndefined();
    expect(lifetime).toEqual({ kind: 'expiring', ttlMs: AN_HOUR });
  });

  test('is renewed, and ends with the user behind it when revoked', async () => {
    await using postgres = await startPostgres();
    const { users } = await mountDatabase(bao.api, postgres, { ttl: '10s', maxTtl: '1h' });
    await writePolicy(bao.api, 'app', { [CREDENTIALS_PATH]: ['read'], 'sys/leases/revoke': ['update'] });
    await writeRole(bao.api, { name: 'app', policies: ['app'], ttl: '1h' });
    const session = await login(bao, { auth: { role: 'app' } });
    const { value, lifetime, leaseId = '' } = await session.read(reading(CREDENTIALS_PATH), NEVER);
    expect(lifetime).toEqual({ kind: 'leased', ttlMs: 10_000, renewable: true });
    expect(await users()).toEqual([dataOf(value.reveal()).get('username')]);
    const lease = { kind: 'secret', id: leaseId } as const;
    await expect(session.renew(lease, NEVER)).resolves.toEqual({ ...lifetime });
    await session.revoke(lease, NEVER);
    await expect.poll(users).toEqual([]);
    await expect(session.renew(lease, NEVER)).rejects.toMatchObject({ code: 'lease_gone' });
  });

  test('that cannot be renewed is gone', async () => {
    const session = await login(bao);
    const { leaseId = '' } = await session.read(ref, NEVER);
    await expect(session.renew({ kind: 'secret', id: leaseId }, NEVER)).rejects.toMatchObject({
      code: 'lease_gone',
      message: containing('a lease of pki/issue/web'),
    });
  });

  test('may not be revoked by the default policy, but by one that allows it', async () => {
    const session = await login(bao);
    const { leaseId = '' } = await session.read(ref, NEVER);
    const lease = { kind: 'secret', id: leaseId } as const;
    await expect(session.revoke(lease, NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: containing('grant "update" on "sys/leases/revoke"'),
    });
    await writePolicy(bao.api, 'revoker', { 'sys/leases/revoke': ['update'], 'pki/issue/*': ['update'] });
    await writeRole(bao.api, { name: 'revoker', policies: ['revoker'] });
    const other = await login(bao, { auth: { role: 'revoker' } });
    await expect(other.revoke(lease, NEVER)).resolves.toBeUndefined();
    await expect(bao.api('PUT', 'sys/leases/lookup', { lease_id: leaseId })).rejects.toThrow('invalid lease');
  });

  test('ends with the token that issued it', async () => {
    const session = await login(bao);
    const { leaseId = '' } = await session.read(ref, NEVER);
    await session.revoke({ kind: 'token' }, NEVER);
    await expect(session.renew({ kind: 'secret', id: leaseId }, NEVER)).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });
});

describe('a token', () => {
  test('is renewed', async () => {
    const session = await login(bao);
    await expect(session.renew({ kind: 'token' }, NEVER)).resolves.toEqual({
      kind: 'leased',
      ttlMs: 60_000,
      renewable: true,
    });
  });

  test('that was revoked is invalid for everything', async () => {
    const session = await login(bao);
    await session.revoke({ kind: 'token' }, NEVER);
    const invalid = { code: 'token_invalid', transient: true };
    await expect(session.read(reading('secret/data/ml/api-key'), NEVER)).rejects.toMatchObject(invalid);
    await expect(session.renew({ kind: 'token' }, NEVER)).rejects.toMatchObject(invalid);
    await expect(session.revoke({ kind: 'token' }, NEVER)).rejects.toMatchObject(invalid);
  });

  test('serves another process of the same agent without a new login', async () => {
    const { token, lifetime } = await login(bao);
    const before = (await bao.audit()).filter(({ request }) => request.path.endsWith('/login')).length;
    const value = await withProvider(bao, {}, async (provider) => {
      const { value: found } = await provider.resume(token, lifetime).read(reading('kv1/app'), NEVER);
      return found;
    });
    expect(dataOf(value.reveal()).get('password')).toBe('old');
    const after = (await bao.audit()).filter(({ request }) => request.path.endsWith('/login')).length;
    expect(after).toBe(before);
  });
});
