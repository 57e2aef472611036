import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultObjects } from '../../../governance/tenant/render.ts';
import { findOpenBao } from '../../servers/openbao-binary.ts';
import { type OpenBaoServer, startOpenBao } from '../../servers/openbao.ts';
import { field } from '../../servers/openbao-api.ts';
import {
  createTokenIssuer,
  mountKubernetesAuth,
  type ServiceAccount,
} from '../../servers/service-account.ts';
import { declared, declaredBy, render, type Rendered } from './rendered.ts';

const issuer = createTokenIssuer();
const tenancy = declared('scenario');

/** A pod of team-a that does everything right. */
const OWN: ServiceAccount = { namespace: 'team-a', name: 'team-a', audience: 'openbao', pod: 'inference-0' };

let store: OpenBaoServer;
let rendered: Rendered;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  store = await startOpenBao();
  const [bao] = (await findOpenBao()).command('', 0, []);
  environment = { BAO: bao, BAO_ADDR: store.address, BAO_TOKEN: store.rootToken };
  await mountKubernetesAuth(store.api, issuer, 'auth/jwt');
  await store.api('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } });
  await Promise.all(
    ['team-a/api', 'team-a', 'team-ab/api', 'team-b/api'].flatMap((path) => [
      store.api('POST', `secret/data/${path}`, { data: { key: 'a value' } }),
      store.api('POST', `kv/${path}`, { key: 'a value' }),
    ]),
  );
  rendered = await render(tenancy);
  await rendered.run('openbao/apply.sh', environment);
});

afterAll(async () => {
  await rendered[Symbol.asyncDispose]();
  await store.stop();
});

async function logIn(account: ServiceAccount, role = 'team-a'): Promise<string> {
  const jwt = issuer.token(account);
  return String(
    field(await store.api('POST', 'auth/jwt/login', { role, jwt }, { token: '' }), 'auth', 'client_token'),
  );
}

/** All that the store holds of the tenants, but when it was written and how often. */
async function state(): Promise<readonly object[]> {
  const objects = tenancy.tenants.flatMap((tenant) => vaultObjects(tenancy, tenant));
  const answers = await Promise.all(objects.map(({ path }) => store.api('GET', path)));
  return answers.map((answer) => ({ ...(field(answer, 'data') as object), modified: '', version: 0 }));
}

describe('the script', () => {
  it('writes all that is declared', async () => {
    const [policy, role] = await state();
    const [wantedPolicy, wantedRole] = tenancy.tenants
      .slice(0, 1)
      .flatMap((tenant) => vaultObjects(tenancy, tenant));
    expect(policy).toMatchObject(wantedPolicy?.body ?? { missing: true });
    expect(role).toMatchObject(wantedRole?.body ?? { missing: true });
  });

  it('changes nothing when it runs again', async () => {
    const before = await state();
    await rendered.run('openbao/apply.sh', environment);
    expect(await state()).toEqual(before);
  });

  it('puts back what somebody has opened by hand', async () => {
    const before = await state();
    await store.api('POST', 'auth/jwt/role/team-a', {
      role_type: 'jwt',
      user_claim: 'jti',
      bound_claims: { sub: ['*'] },
      bound_audiences: ['openbao', 'anybody'],
      token_policies: ['sidekey-team-a', 'sidekey-team-b'],
      token_period: '768h',
      token_no_default_policy: true,
    });
    await store.api('PUT', 'sys/policies/acl/sidekey-team-a', {
      policy: 'path "*" { capabilities = ["sudo"] }',
    });
    expect(await state()).not.toEqual(before);
    await rendered.run('openbao/apply.sh', environment);
    expect(await state()).toEqual(before);
  });

  it('fails, and says so, where it may not write', async () => {
    const token = await logIn(OWN);
    await expect(rendered.run('openbao/apply.sh', { ...environment, BAO_TOKEN: token })).rejects.toThrow(
      /403/u,
    );
  });
});

describe('a pod of a tenant', () => {
  it.each(['secret/data/team-a/api', 'secret/data/team-a'])('reads %s, its own', async (path) => {
    const token = await logIn(OWN);
    expect(field(await store.api('GET', path, undefined, { token }), 'data', 'data')).toEqual({
      key: 'a value',
    });
  });

  it.each([
    ['GET', 'secret/data/team-b/api'],
    ['GET', 'secret/data/team-ab/api'],
    ['GET', 'secret/metadata/team-a/api'],
    ['LIST', 'secret/metadata/'],
    ['POST', 'secret/data/team-a/api'],
    ['DELETE', 'secret/data/team-a/api'],
    ['GET', 'kv/team-a/api'],
    ['GET', 'sys/policies/acl/sidekey-team-a'],
    ['GET', 'auth/jwt/role/team-a'],
  ])('cannot %s %s', async (method, path) => {
    const token = await logIn(OWN);
    await expect(store.api(method, path, undefined, { token })).rejects.toThrow(/: 403 /u);
  });

  it('renews its token, and lets it go', async () => {
    const token = await logIn(OWN);
    const renewed = await store.api('POST', 'auth/token/renew-self', {}, { token });
    expect(field(renewed, 'auth', 'lease_duration')).toBe(600);
    await store.api('POST', 'auth/token/revoke-self', {}, { token });
    await expect(store.api('GET', 'secret/data/team-a/api', undefined, { token })).rejects.toThrow(/: 403 /u);
  });
});

describe('the role lets in nobody', () => {
  it.each([
    ['of another namespace', { ...OWN, namespace: 'team-b' }],
    ['of a namespace that begins as its own', { ...OWN, namespace: 'team-ab' }],
    ['of another service account', { ...OWN, name: 'default' }],
    ['for another audience', { ...OWN, audience: 'vault' }],
    ['without a pod', { namespace: 'team-a', name: 'team-a', audience: 'openbao' }],
  ] satisfies [string, ServiceAccount][])('%s', async (_, account) => {
    await expect(logIn(account)).rejects.toThrow(/auth\/jwt\/login: 40[03] /u);
  });

  it('of the other team with its own account', async () => {
    await expect(logIn(OWN, 'team-b')).rejects.toThrow(/auth\/jwt\/login: 40[03] /u);
    await expect(logIn({ ...OWN, namespace: 'team-b', name: 'team-b' }, 'team-b')).resolves.not.toBe('');
  });
});

it('every record of the audit log says which pod it was', async () => {
  const token = await logIn({ ...OWN, pod: 'inference-of-the-audit' });
  await store.api('GET', 'secret/data/team-a/api', undefined, { token });
  await expect(store.api('GET', 'secret/data/team-b/api', undefined, { token })).rejects.toThrow(/403/u);
  const records = (await store.audit()).filter(
    ({ auth }) => auth?.metadata?.['pod_name'] === 'inference-of-the-audit',
  );
  const of = (path: string): typeof records => records.filter(({ request }) => request.path === path);
  expect(of('secret/data/team-a/api').length).toBeGreaterThan(0);
  expect(of('secret/data/team-b/api').length).toBeGreaterThan(0);
  for (const { auth } of records)
    expect(auth?.metadata).toMatchObject({
      pod_uid: expect.stringMatching(/^[\da-f-]{36}$/u) as string,
      role: 'team-a',
      service_account_name: 'team-a',
      service_account_namespace: 'team-a',
    });
});

it('the first version of KV, capabilities and a namespace of the store are rendered as they work', async () => {
  await store.api('POST', 'sys/namespaces/ml');
  const inside = { namespace: 'ml' };
  await store.api('POST', 'sys/auth/jwt', { type: 'jwt' }, inside);
  await store.api('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [issuer.publicKeyPem] }, inside);
  await store.api('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '1' } }, inside);
  await store.api('POST', 'kv/team-c/api', { key: 'a value' }, inside);
  const own = declaredBy(`
apiVersion: sidekey.dev/v1
kind: Platform
spec: {vault: {storeNamespace: ml}}
---
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: team-c}
spec:
  namespaces: [team-c]
  secrets: {vault: {paths: [{path: kv/team-c, capabilities: [read, list]}]}}
`);
  await using files = await render(own);
  await files.run('openbao/apply.sh', { ...environment, BAO_NAMESPACE: 'elsewhere' });
  const jwt = issuer.token({ namespace: 'team-c', name: 'team-c', pod: 'c-0' });
  const answer = await store.api('POST', 'auth/jwt/login', { role: 'team-c', jwt }, { token: '', ...inside });
  const options = { token: String(field(answer, 'auth', 'client_token')), ...inside };
  expect(field(await store.api('GET', 'kv/team-c/api', undefined, options), 'data', 'key')).toBe('a value');
  expect(field(await store.api('LIST', 'kv/team-c', undefined, options), 'data', 'keys')).toEqual(['api']);
  await expect(store.api('LIST', 'kv', undefined, options)).rejects.toThrow(/403/u);
});
