import { afterAll, beforeAll, expect, test } from 'vitest';
import { containing, reading } from '../../agent/provider/vault/fixtures.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { mountKubernetesAuth, writePolicy, writeRole } from '../../servers/service-account.ts';
import { dataOf, issuer, login, NEVER, openStage } from './stage.ts';

let bao: OpenBaoServer;

beforeAll(async () => {
  bao = await openStage();
});

afterAll(() => bao.stop());

test('a sealed server is a fault that passes', async () => {
  const session = await login(bao);
  await bao.seal();
  try {
    const sealed = { code: 'sealed', transient: true };
    await expect(login(bao)).rejects.toMatchObject(sealed);
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
  const session = await login(bao, options);
  const { value } = await session.read(reading('kv/app'), NEVER);
  expect(dataOf(dataOf(value.reveal())).get('key')).toBe('of the team');
  await expect(login(bao, { namespace: 'nowhere' })).rejects.toMatchObject({
    code: 'login_refused',
    message: containing('no namespace "nowhere"'),
  });
});

test('over TLS, the store’s authority decides', async () => {
  await using secure = await startOpenBao({ tls: true });
  await mountKubernetesAuth(secure.api, issuer);
  await writeRole(secure.api, { name: 'ml', policies: ['default'] });
  const { address, caPem = '' } = secure;
  await expect(login(bao, { address, caPem })).resolves.toMatchObject({ lifetime: { kind: 'leased' } });
  await using stranger = await startOpenBao({ tls: true });
  await expect(login(bao, { address, caPem: stranger.caPem ?? '' })).rejects.toMatchObject({
    code: 'unreachable',
    message: containing('its certificate is not trusted'),
  });
});
