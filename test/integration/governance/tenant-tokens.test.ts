import { createPublicKey, type webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import { field } from '../../servers/openbao-api.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { declared, declaredBy } from './rendered.ts';
import { pod, type Stage, startStage } from './stage.ts';

/** As team-a, but that the store asks the API server about its tokens. */
const REVIEWED = declaredBy(`
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: reviewed}
spec:
  namespaces: [reviewed]
  secrets: {vault: {auth: kubernetes, paths: [secret/data/reviewed]}}
`);

let stage: Stage;
let store: OpenBaoServer;

beforeAll(async () => {
  stage = await startStage([declared('scenario'), REVIEWED]);
  await stage.apply();
  store = await startOpenBao();
  const [bao] = (await findOpenBao()).command('', 0, []);
  await store.api('POST', 'sys/auth/jwt', { type: 'jwt' });
  await store.api('POST', 'auth/jwt/config', { jwt_validation_pubkeys: await publicKeys() });
  await store.api('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
  await store.api('POST', 'auth/kubernetes/config', await reviewer());
  await store.api('POST', 'secret/data/team-a/api', { data: { key: 'a value' } });
  const environment = { BAO: bao, BAO_ADDR: store.address, BAO_TOKEN: store.rootToken };
  await store.api('POST', 'secret/data/reviewed/api', { data: { key: 'a value' } });
  for (const one of stage.rendered) await one.run('openbao/apply.sh', environment);
});

afterAll(async () => {
  await stage.cluster.forget(['clusterrolebinding', 'sidekey-test-reviewer']);
  await stage[Symbol.asyncDispose]();
  await store.stop();
});

async function publicKeys(): Promise<readonly string[]> {
  const { keys } = JSON.parse(await stage.cluster.kubectl(['get', '--raw', '/openid/v1/jwks'])) as {
    keys: webcrypto.JsonWebKey[];
  };
  return keys.map((key) => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }));
}

/** What the store asks the API server by. */
async function reviewer(): Promise<JsonObject> {
  const account = 'kube-system:default';
  await stage.cluster.kubectl([
    'create',
    'clusterrolebinding',
    'sidekey-test-reviewer',
    '--clusterrole=system:auth-delegator',
    `--serviceaccount=${account}`,
  ]);
  const config = JSON.parse(
    await stage.cluster.kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']),
  ) as JsonObject;
  const server = objectIn(listIn(config, 'clusters')[0] ?? {}, 'cluster');
  return {
    kubernetes_host: textIn(server, 'server'),
    kubernetes_ca_cert: Buffer.from(textIn(server, 'certificate-authority-data'), 'base64').toString(),
    token_reviewer_jwt: (
      await stage.cluster.kubectl(['create', 'token', 'default', '-n', 'kube-system'])
    ).trim(),
  };
}

const tokenFor = async (namespace: string, account: string, ...more: readonly string[]): Promise<string> =>
  (await stage.cluster.kubectl(['create', 'token', account, '-n', namespace, ...more])).trim();

const logIn = async (method: string, role: string, jwt: string): Promise<string> =>
  String(
    field(
      await store.api('POST', `auth/${method}/login`, { role, jwt }, { token: '' }),
      'auth',
      'client_token',
    ),
  );

const AUDIENCE = ['--audience', 'openbao'];

describe('tokens of the API server', () => {
  it('let a pod in, and are told apart in the audit log', async () => {
    await stage.create('team-a', pod('delivered', {}));
    const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', 'delivered'];
    const token = await logIn('jwt', 'team-a', await tokenFor('team-a', 'team-a', ...AUDIENCE, ...bound));
    await store.api('GET', 'secret/data/team-a/api', undefined, { token });
    const uid = await stage.cluster.kubectl([
      'get',
      'pod',
      'delivered',
      '-n',
      'team-a',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    const reads = (await store.audit()).filter(({ request }) => request.path === 'secret/data/team-a/api');
    expect(reads.map(({ auth }) => auth?.metadata?.['pod_uid'])).toContain(uid);
  });

  it('are refused that are no pod’s', async () => {
    await expect(logIn('jwt', 'team-a', await tokenFor('team-a', 'team-a', ...AUDIENCE))).rejects.toThrow(
      /: 40[03] /u,
    );
  });

  it('are reviewed, where the tenant logs in so', async () => {
    const token = await logIn('kubernetes', 'reviewed', await tokenFor('reviewed', 'reviewed'));
    await store.api('GET', 'secret/data/reviewed/api', undefined, { token });
    await expect(store.api('GET', 'secret/data/team-a/api', undefined, { token })).rejects.toThrow(/: 403 /u);
  });

  it.each([
    ['team-a', 'team-a'],
    ['reviewed', 'default'],
  ])('of %s/%s are refused where those of others are reviewed', async (namespace, account) => {
    const jwt = await tokenFor(namespace, account);
    await expect(logIn('kubernetes', 'reviewed', jwt)).rejects.toThrow(/login: 403 /u);
  });
});
