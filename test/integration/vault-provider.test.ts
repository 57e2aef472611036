import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VaultAuth, VaultStore } from '#contract/agent-config.ts';
import { systemClock } from '#platform/clock.ts';
import type { Provider, Session } from '../../agent/provider/provider.ts';
import { createVaultProvider } from '../../agent/provider/vault/provider.ts';
import { serialiseJson } from '../../agent/value/json.ts';
import { mapAt, type ValueMap } from '../../agent/value/value.ts';
import { reading, tokenFile } from '../agent/provider/vault/fixtures.ts';
import { type OpenBaoServer, startOpenBao } from '../servers/openbao.ts';
import { mountLeasedUsers } from '../servers/rabbitmq.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  type ServiceAccount,
  writePolicy,
  writeRole,
} from '../servers/service-account.ts';

const NEVER = new AbortController().signal;
const ACCOUNT = { namespace: 'gpu', name: 'runner' };
const issuer = createTokenIssuer();

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await startOpenBao();
  await mountKubernetesAuth(bao.api, issuer);
  await writePolicy(bao.api, 'ml', {
    'secret/data/ml/*': ['read', 'update', 'create'],
    'secret/metadata/ml/*': ['list'],
    'secret/data/data/odd': ['read'],
    'kv1/*': ['read'],
    'pki/issue/*': ['update'],
    'pki/revoke': ['update'],
  });
  await writeRole(bao.api, { name: 'ml', policies: ['ml'], account: ACCOUNT, ttl: '60s', maxTtl: '2h' });
  await bao.api('POST', 'sys/mounts/kv1', { type: 'kv', options: { version: '1' } });
  await bao.api('POST', 'kv1/app', { password: 'old', ttl: '30s' });
  await bao.api('POST', 'kv1/numbers', '{"id":12345678901234567890,"price":1.50}');
  await bao.api('POST', 'secret/data/ml/api-key', { data: { key: 'k-1' } });
});

afterAll(() => bao.stop());

type Change = Partial<Omit<VaultStore, 'auth'>> & {
  readonly auth?: Partial<VaultAuth>;
  readonly account?: Partial<ServiceAccount>;
};

/** A provider whose token file lives as long as it is used. */
async function using<T>(
  { auth, account, ...store }: Change,
  use: (provider: Provider) => Promise<T>,
): Promise<T> {
  await using token = await tokenFile(`${issuer.token({ ...ACCOUNT, ...account })}\n`);
  const provider = createVaultProvider(
    {
      address: bao.address,
      timeoutMs: 5000,
      ...store,
      auth: {
        method: 'kubernetes',
        path: 'auth/kubernetes',
        role: 'ml',
        tokenFile: token.file,
        ...auth,
      },
    },
    { clock: systemClock },
  );
  return await use(provider);
}

const login = (change: Change = {}): Promise<Session> => using(change, (provider) => provider.login(NEVER));

function dataOf(value: ValueMap): ValueMap {
  const data = mapAt(value, 'data');
  if (data === undefined) throw new Error('The answer has no data');
  return data;
}

describe('a login', () => {
  test('gives a token that is leased for as long as the role says', async () => {
    const session = await login();
    expect(session.lifetime).toEqual({ kind: 'leased', ttlMs: 60_000, renewable: true });
    await expect(
      bao.api('GET', 'auth/token/lookup-self', undefined, { token: session.token.reveal() }),
    ).resolves.toMatchObject({ data: { meta: { role: 'ml' } } });
  });

  test('sends what Kubernetes auth is sent', async () => {
    await login();
    const requests = (await bao.audit()).filter(({ request }) => request.path === 'auth/kubernetes/login');
    expect(Object.keys(requests.at(-1)?.request.data ?? {}).toSorted()).toEqual(['jwt', 'role']);
  });

  test('with a wrong role says so', async () => {
    await expect(login({ auth: { role: 'nobody' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining('there is no role "nobody"'),
    });
  });

  test('with a token for another audience names it and both remedies', async () => {
    await expect(login({ account: { audience: 'vault' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: expect.stringMatching(/aud: "vault"\): set the role's audience to it, or request a token/u),
    });
  });

  test('of another service account names it', async () => {
    await expect(login({ account: { namespace: 'other' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining('does not admit "system:serviceaccount:other:runner"'),
    });
  });

  test('where nothing is mounted names the path', async () => {
    await expect(login({ auth: { path: 'auth/elsewhere' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining('mounted at "auth/elsewhere"'),
    });
  });

  test('without a token file names the file', async () => {
    await expect(login({ auth: { tokenFile: '/none/token' } })).rejects.toMatchObject({
      code: 'login_refused',
      message: 'Cannot read the service-account token /none/token: ENOENT; mount a projected token there',
    });
  });
});

describe('a secret', () => {
  test('of KV v2 comes whole and is polled', async () => {
    const { value, lifetime, leaseId } = await (await login()).read(reading('secret/data/ml/api-key'), NEVER);
    expect([...dataOf(value.reveal()).keys()]).toEqual(['data', 'metadata']);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('k-1');
    expect(lifetime).toEqual({ kind: 'polled' });
    expect(leaseId).toBeUndefined();
  });

  test('of KV v2 may be named without data/', async () => {
    const { value } = await (await login()).read(reading('secret/ml/api-key'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('k-1');
  });

  test('of KV v2 whose name begins with data/ is found too', async () => {
    await bao.api('POST', 'secret/data/data/odd', { data: { key: 'odd' } });
    const { value } = await (await login()).read(reading('secret/data/data/odd'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('odd');
  });

  test('may be asked for in an older version', async () => {
    await bao.api('POST', 'secret/data/ml/versions', { data: { key: 'first' } });
    await bao.api('POST', 'secret/data/ml/versions', { data: { key: 'second' } });
    const session = await login();
    const { value } = await session.read(reading('secret/data/ml/versions?version=1'), NEVER);
    expect(dataOf(dataOf(value.reveal())).get('key')).toBe('first');
  });

  test('of KV v1 is polled, though the server sends a lease duration', async () => {
    const { value, lifetime } = await (await login()).read(reading('kv1/app'), NEVER);
    expect(dataOf(value.reveal()).get('password')).toBe('old');
    expect(lifetime).toEqual({ kind: 'polled' });
  });

  // KV v2 of OpenBao itself stores numbers as doubles, so KV v1 shows what is ours.
  test('keeps every digit of its numbers', async () => {
    const { value } = await (await login()).read(reading('kv1/numbers'), NEVER);
    expect(serialiseJson(dataOf(value.reveal()))).toBe('{"id":12345678901234567890,"price":1.50}');
  });

  test('can be written, with data/ and its envelope added for KV v2', async () => {
    const ref = { ...reading('secret/ml/written'), operation: 'write', parameters: { key: 'mine' } } as const;
    const { value } = await (await login()).read(ref, NEVER);
    expect(dataOf(value.reveal()).has('version')).toBe(true);
    await expect(bao.api('GET', 'secret/data/ml/written')).resolves.toMatchObject({
      data: { data: { key: 'mine' } },
    });
  });

  test('can be listed', async () => {
    const session = await login();
    const { value } = await session.read({ ...reading('secret/ml'), operation: 'list' }, NEVER);
    expect(dataOf(value.reveal()).get('keys')).toContain('api-key');
  });

  test('that does not exist is not found', async () => {
    await expect((await login()).read(reading('secret/data/ml/none'), NEVER)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('Cannot read secret/data/ml/none: there is nothing'),
    });
  });

  test('whose version was deleted is not found, and the message says why', async () => {
    await bao.api('POST', 'secret/data/ml/deleted', { data: { key: 'gone' } });
    await bao.api('DELETE', 'secret/data/ml/deleted');
    await expect((await login()).read(reading('secret/data/ml/deleted'), NEVER)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('this version was deleted or destroyed'),
    });
  });

  test('that the policy forbids is forbidden, and the message says what to grant', async () => {
    await expect((await login()).read(reading('secret/data/other'), NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('grant "read" on "secret/data/other"'),
    });
  });
});

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
    const { lifetime, leaseId } = await (await login()).read(ref, NEVER);
    expect(lifetime).toEqual({ kind: 'leased', ttlMs: expect.closeTo(3_600_000, -4), renewable: false });
    expect(leaseId).toMatch(/^pki\/issue\/web\//u);
  });

  test('does not come where the role makes none: the certificate ends by itself', async () => {
    const { lifetime, leaseId } = await (await login()).read({ ...ref, path: 'pki/issue/plain' }, NEVER);
    expect(leaseId).toBeUndefined();
    expect(lifetime).toEqual({ kind: 'expiring', ttlMs: expect.closeTo(3_600_000, -4) });
  });

  test('is renewed, and ends with the user behind it when revoked', async () => {
    await using broker = await mountLeasedUsers(bao.api, { ttl: '10s', maxTtl: '1h' });
    await writePolicy(bao.api, 'broker', { 'rabbitmq/creds/app': ['read'], 'sys/leases/revoke': ['update'] });
    await writeRole(bao.api, { name: 'broker', policies: ['broker'], ttl: '1h' });
    const session = await login({ auth: { role: 'broker' } });
    const { value, lifetime, leaseId = '' } = await session.read(reading('rabbitmq/creds/app'), NEVER);
    expect(lifetime).toEqual({ kind: 'leased', ttlMs: 10_000, renewable: true });
    expect(broker.users()).toEqual([dataOf(value.reveal()).get('username')]);
    const lease = { kind: 'secret', id: leaseId } as const;
    await expect(session.renew(lease, NEVER)).resolves.toEqual({ ...lifetime });
    await session.revoke(lease, NEVER);
    await expect.poll(() => broker.users()).toEqual([]);
    await expect(session.renew(lease, NEVER)).rejects.toMatchObject({ code: 'lease_gone' });
  });

  test('that cannot be renewed is gone', async () => {
    const session = await login();
    const { leaseId = '' } = await session.read(ref, NEVER);
    await expect(session.renew({ kind: 'secret', id: leaseId }, NEVER)).rejects.toMatchObject({
      code: 'lease_gone',
      message: expect.stringContaining('a lease of pki/issue/web'),
    });
  });

  test('may not be revoked by the default policy, but by one that allows it', async () => {
    const session = await login();
    const { leaseId = '' } = await session.read(ref, NEVER);
    const lease = { kind: 'secret', id: leaseId } as const;
    await expect(session.revoke(lease, NEVER)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('grant "update" on "sys/leases/revoke"'),
    });
    await writePolicy(bao.api, 'revoker', { 'sys/leases/revoke': ['update'], 'pki/issue/*': ['update'] });
    await writeRole(bao.api, { name: 'revoker', policies: ['revoker'] });
    const other = await login({ auth: { role: 'revoker' } });
    await expect(other.revoke(lease, NEVER)).resolves.toBeUndefined();
    await expect(bao.api('PUT', 'sys/leases/lookup', { lease_id: leaseId })).rejects.toThrow('invalid lease');
  });

  test('ends with the token that issued it', async () => {
    const session = await login();
    const { leaseId = '' } = await session.read(ref, NEVER);
    await session.revoke({ kind: 'token' }, NEVER);
    await expect(session.renew({ kind: 'secret', id: leaseId }, NEVER)).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });
});

describe('a token', () => {
  test('is renewed', async () => {
    const session = await login();
    await expect(session.renew({ kind: 'token' }, NEVER)).resolves.toEqual({
      kind: 'leased',
      ttlMs: 60_000,
      renewable: true,
    });
  });

  test('that was revoked is invalid for everything', async () => {
    const session = await login();
    await session.revoke({ kind: 'token' }, NEVER);
    const invalid = { code: 'token_invalid', transient: true };
    await expect(session.read(reading('secret/data/ml/api-key'), NEVER)).rejects.toMatchObject(invalid);
    await expect(session.renew({ kind: 'token' }, NEVER)).rejects.toMatchObject(invalid);
    await expect(session.revoke({ kind: 'token' }, NEVER)).rejects.toMatchObject(invalid);
  });

  test('serves another process of the same agent without a new login', async () => {
    const { token, lifetime } = await login();
    const before = (await bao.audit()).filter(({ request }) => request.path.endsWith('/login')).length;
    const value = await using({}, async (provider) => {
      const { value: found } = await provider.resume(token, lifetime).read(reading('kv1/app'), NEVER);
      return found;
    });
    expect(dataOf(value.reveal()).get('password')).toBe('old');
    const after = (await bao.audit()).filter(({ request }) => request.path.endsWith('/login')).length;
    expect(after).toBe(before);
  });
});

test('a path with its data/ part costs one request, and one without costs the mount’s look-up once', async () => {
  const session = await login();
  const count = async (): Promise<number> =>
    (await bao.audit()).filter(({ type, request }) => type === 'request' && request.path !== 'sys/audit/test')
      .length;
  const start = await count();
  await session.read(reading('secret/data/ml/api-key'), NEVER);
  expect((await count()) - start).toBe(1);
  await Promise.all([1, 2, 3].map(() => session.read(reading('secret/ml/api-key'), NEVER)));
  expect((await count()) - start).toBe(5);
});

test('a sealed server is a fault that passes', async () => {
  const session = await login();
  await bao.seal();
  try {
    const sealed = { code: 'sealed', transient: true };
    await expect(login()).rejects.toMatchObject(sealed);
    await expect(session.read(reading('kv1/app'), NEVER)).rejects.toMatchObject(sealed);
    await expect(session.renew({ kind: 'token' }, NEVER)).rejects.toMatchObject(sealed);
  } finally {
    await bao.unseal();
  }
  await expect(session.read(reading('kv1/app'), NEVER)).resolves.toBeDefined();
});

test('a namespace is sent, and a wrong one is named', async () => {
  await bao.api('POST', 'sys/namespaces/team');
  const options = { namespace: 'team' };
  const inTeam: OpenBaoServer['api'] = (method, path, body) => bao.api(method, path, body, options);
  await mountKubernetesAuth(inTeam, issuer);
  await writePolicy(inTeam, 'ml', { 'kv/data/*': ['read'] });
  await writeRole(inTeam, { name: 'ml', policies: ['ml'] });
  await inTeam('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  await expect
    .poll(() => inTeam('POST', 'kv/data/app', { data: { key: 'of the team' } }).catch(() => undefined))
    .toBeDefined();
  const session = await login(options);
  const { value } = await session.read(reading('kv/app'), NEVER);
  expect(dataOf(dataOf(value.reveal())).get('key')).toBe('of the team');
  await expect(login({ namespace: 'nowhere' })).rejects.toMatchObject({
    code: 'login_refused',
    message: expect.stringContaining('no namespace "nowhere"'),
  });
});

test('over TLS, the store’s authority decides', async () => {
  await using secure = await startOpenBao({ tls: true });
  await mountKubernetesAuth(secure.api, issuer);
  await writeRole(secure.api, { name: 'ml', policies: ['default'] });
  const { address, caPem = '' } = secure;
  await expect(login({ address, caPem })).resolves.toMatchObject({ lifetime: { kind: 'leased' } });
  await using stranger = await startOpenBao({ tls: true });
  await expect(login({ address, caPem: stranger.caPem ?? '' })).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('its certificate is not trusted'),
  });
});
