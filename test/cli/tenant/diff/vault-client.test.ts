import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createVaultClient, readVaultAccess } from '../../../../cli/tenant/diff/vault-client.ts';
import { parseTenancy } from '../../../../governance/tenant/parse.ts';
import { answering, serve, serveTls } from '../../../agent/provider/http/faulty-server.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';
import { freePort } from '../../../servers/port.ts';

const CANARY = 'hvs.canary-7d1f';
const ADDRESS = 'https://openbao.example:8200';

const nothing = parseTenancy([]);
if (!nothing.ok) throw new Error('Nothing declared is no mistake');
const { vault } = nothing.value.platform;

describe('the client', () => {
  const access = { token: CANARY, namespace: 'ml' };

  test('sends the token and the namespace, over the authority that is named', async () => {
    const { certPem: cert, keyPem: key, caPem } = await loopbackCertificate();
    const seen: unknown[] = [];
    await using server = await serveTls({ cert, key }, ({ method, url, headers }, response) => {
      seen.push([method, url, headers['x-vault-token'], headers['x-vault-namespace']]);
      response.end('{"data":{"keys":["a"]}}');
    });
    const ask = createVaultClient({ ...access, address: server.address, caPem });
    expect(await ask('GET', 'auth/jwt/role/a')).toEqual({ status: 200, body: { data: { keys: ['a'] } } });
    expect(seen).toEqual([['GET', '/v1/auth/jwt/role/a', CANARY, 'ml']]);
    const other = createVaultClient({ ...access, address: server.address });
    await expect(other('GET', 'x')).rejects.toThrow('its certificate is not trusted');
    expect(seen).toHaveLength(1);
  });

  test('takes nothing else out of the environment', async () => {
    vi.stubEnv('VAULT_TOKEN', 'another');
    vi.stubEnv('VAULT_NAMESPACE', 'another');
    vi.stubEnv('VAULT_PREFIX', '/another');
    vi.stubEnv('VAULT_SKIP_VERIFY', 'true');
    try {
      const seen: unknown[] = [];
      await using server = await serve(({ url, headers }, response) => {
        seen.push([url, headers['x-vault-token'], headers['x-vault-namespace']]);
        response.end('{}');
      });
      await createVaultClient({ token: CANARY, namespace: '', address: server.address })('GET', 'x');
      expect(seen).toEqual([['/v1/x', CANARY, undefined]]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('follows no redirect, for the token would go along', async () => {
    await using other = await answering(200, '{}');
    await using server = await answering(307, '', { location: `${other.address}/v1/x` });
    expect(await createVaultClient({ ...access, address: server.address })('GET', 'x')).toMatchObject({
      status: 307,
    });
    expect(other.connections()).toBe(0);
  });

  test('says what is no JSON by its status alone, and who does not answer', async () => {
    await using server = await answering(502, `<html>${CANARY}</html>`);
    expect(await createVaultClient({ ...access, address: server.address })('GET', 'x')).toEqual({
      status: 502,
      body: {},
    });
    const address = `http://127.0.0.1:${await freePort()}`;
    await expect(createVaultClient({ ...access, address })('GET', 'x')).rejects.toThrow(
      `Cannot reach ${address}: ECONNREFUSED`,
    );
  });
});

describe('who asks which store is read from the environment', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
  });

  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  const read = (environment: Readonly<Record<string, string>>, more: Partial<typeof vault> = {}) =>
    readVaultAccess({ ...vault, ...more }, { HOME: home, ...environment });
  const ADDR = { BAO_ADDR: ADDRESS };

  test('with the store’s own variables first', () => {
    const both = {
      ...ADDR,
      BAO_TOKEN: 'b',
      VAULT_ADDR: 'https://vault',
      VAULT_TOKEN: 'v',
      VAULT_NAMESPACE: 'ml',
    };
    expect(read(both)).toEqual({ ok: true, value: { address: ADDRESS, token: 'b', namespace: 'ml' } });
    expect(read(both, { product: 'vault' })).toMatchObject({
      value: { address: 'https://vault', token: 'v' },
    });
  });

  test('with the token that a login left', () => {
    writeFileSync(join(home, '.vault-token'), `${CANARY}\n`);
    expect(read(ADDR)).toMatchObject({ value: { token: CANARY } });
  });

  test('but for the namespace, if it is declared', () => {
    const environment = { ...ADDR, BAO_TOKEN: 'b', BAO_NAMESPACE: 'other' };
    expect(read(environment, { storeNamespace: 'ml' })).toMatchObject({ value: { namespace: 'ml' } });
  });

  test('and the address is never the declared one', () => {
    expect(read({ BAO_TOKEN: 'b' }, { address: 'https://evil.example' })).toMatchObject({
      ok: false,
      problems: [{ key: 'BAO_ADDR' }],
    });
  });

  test('with every problem, and no secret in any', () => {
    const wrong = {
      BAO_ADDR: `https://me:${CANARY}@openbao`,
      BAO_TOKEN: `${CANARY} ${CANARY}`,
      BAO_SKIP_VERIFY: 'true',
      BAO_CACERT: join(home, 'nowhere.pem'),
    };
    const access = read(wrong);
    expect(access).toMatchObject({ ok: false });
    const problems = access.ok ? [] : access.problems;
    expect(problems.map(({ key }) => key)).toEqual([
      'BAO_ADDR',
      'BAO_TOKEN',
      'BAO_SKIP_VERIFY',
      join(home, 'nowhere.pem'),
    ]);
    expect(JSON.stringify(problems)).not.toContain(CANARY);
    expect(read({ ...ADDR, BAO_TOKEN: 'b', BAO_SKIP_VERIFY: 'false' })).toMatchObject({ ok: true });
  });
});
