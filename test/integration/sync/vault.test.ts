import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIALS_PATH } from '../../servers/database.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  writePolicy,
  writeRole,
} from '../../servers/service-account.ts';
import { CANARY, type Replica, Stage } from './stage.ts';

const NAMESPACE = 'of-vault';
const ACCOUNT = { namespace: 'sidekey', name: 'sidekey-sync' };

let stage: Stage;
let bao: OpenBaoServer;
let replica: Replica;

beforeAll(async () => {
  [stage, bao] = await Promise.all([Stage.open(), startOpenBao({ storage: 'disk' })]);
  const issuer = createTokenIssuer();
  await mountKubernetesAuth(bao.api, issuer);
  await writePolicy(bao.api, 'sync', { 'secret/data/*': ['read'], [CREDENTIALS_PATH]: ['read'] });
  await writeRole(bao.api, { name: 'sync', policies: ['sync'], account: ACCOUNT, ttl: '1h' });
  await write('1');
  stage.write('/registry', 'token', `${CANARY}-i1`);
  await stage.namespace(NAMESPACE, {
    'sidekey.dev/vault-paths': 'secret/data/ml',
    'sidekey.dev/infisical': 'app-x1/dev/registry',
  });
  const tokenFile = await stage.file('vault-token', issuer.token(ACCOUNT));
  const auth = { method: 'kubernetes', path: 'auth/kubernetes', role: 'sync', tokenFile };
  replica = await stage.start({ vault: { address: bao.address, auth, timeoutMs: 10_000 } });
  await replica.leads();
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await bao.stop();
});

const write = (version: string): Promise<unknown> =>
  bao.api('POST', 'secret/data/ml/db', {
    data: { user: 'app', password: `${CANARY}-v${version}`, port: 5432 },
  });

const make = (name: string, annotations: Readonly<Record<string, string>>): Promise<string> =>
  stage.apply(
    NAMESPACE,
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, type: 'Opaque' }),
  );

const expectHeld = (name: string, values: Readonly<Record<string, string>>): Promise<void> =>
  eventually(`${name} with ${Object.keys(values).join()}`, PATIENCE_MS, async () =>
    expect(await stage.values(NAMESPACE, name)).toEqual(values),
  );

describe('a Secret that is made of Vault', () => {
  test('asks by its source alone, and holds every field of it, or one', async () => {
    await make('whole', { 'sidekey.dev/source': 'vault:secret/data/ml/db' });
    await make('one', { 'sidekey.dev/source': 'vault:secret/data/ml/db#password' });
    await expectHeld('whole', { user: 'app', password: `${CANARY}-v1`, port: '5432' });
    await expectHeld('one', { password: `${CANARY}-v1` });
  });

  test('may mix both stores in one key', async () => {
    const template =
      '{{ with secret "secret/data/ml/db" }}{{ .Data.data.password }}{{ end }}|{{ with getSecretByName "app-x1" "dev" "/registry" "token" }}{{ .Value }}{{ end }}';
    await make('mixed', { 'infisical.com/secret-sync': 'true', 'sidekey.dev/template.both': template });
    await expectHeld('mixed', { both: `${CANARY}-v1|${CANARY}-i1` });
  });

  test('follows both, each in its own time', async () => {
    await write('2');
    await expectHeld('one', { password: `${CANARY}-v2` });
    await expectHeld('mixed', { both: `${CANARY}-v2|${CANARY}-i1` });
    stage.write('/registry', 'token', `${CANARY}-i2`);
    await expectHeld('mixed', { both: `${CANARY}-v2|${CANARY}-i2` });
  });

  test('is never made of a path that its namespace is not bound to', async () => {
    await bao.api('POST', 'secret/data/other', { data: { key: CANARY } });
    await make('foreign', { 'sidekey.dev/source': 'vault:secret/data/other#key' });
    await eventually('the refusal', PATIENCE_MS, async () =>
      expect((await stage.annotations(NAMESPACE, 'foreign'))['sidekey.dev/sync-error']).toContain(
        'not bound to',
      ),
    );
    expect(await stage.values(NAMESPACE, 'foreign')).toEqual({});
  });

  test('keeps its values through an outage of the one store while the other rotates', async () => {
    await bao.halt();
    stage.write('/registry', 'token', `${CANARY}-i3`);
    await expectHeld('mixed', { both: `${CANARY}-v2|${CANARY}-i3` });
    await expectHeld('one', { password: `${CANARY}-v2` });
    await expect.poll(() => replica.metric('sidekey_agent_store_up{store="vault"}')).toBe(0);
    await bao.restart();
    await write('3');
    await expectHeld('one', { password: `${CANARY}-v3` });
  });
});
