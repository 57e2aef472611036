import { describe, expect, test } from 'vitest';
import { review, type Verdict } from '../../../injector/admission/handler.ts';
import type { Settings } from '../../../injector/admission/settings.ts';
import type { Limits } from '../../../injector/annotations/limits.ts';
import { readNamespace } from '../../../injector/annotations/namespace.ts';
import { annotations, nativeAnnotations, podWith, requestFor, SETTINGS } from './example.ts';

type Texts = Readonly<Record<string, string>>;

const sidekey = (keys: Texts): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sidekey.dev/${key}`, value]));

/** The settings of an injector that knows one namespace, that of the request. */
const inNamespace = (keys: Texts, more: Partial<Settings> = {}): Settings => ({
  ...SETTINGS,
  ...more,
  namespaces: new Map([['team-a', readNamespace(sidekey(keys))]]),
});

const decide = (found: Texts, settings: Settings): Verdict => review(requestFor(podWith(found)), settings);

/** What is wrong with each key, all of it in one text. */
function problemsOf(verdict: Verdict): Record<string, string> {
  const all = verdict.outcome === 'denied' ? verdict.problems : [];
  const keys = [...new Set(all.map(({ key }) => key))];
  return Object.fromEntries(
    keys.map((one) => [one, all.flatMap(({ key, message }) => (key === one ? [message] : [])).join('; ')]),
  );
}

/** What the agent is told. */
function configOf(verdict: Verdict): unknown {
  if (verdict.outcome !== 'injected') throw new Error(JSON.stringify(verdict));
  const [, text = ''] = /"name":"SIDEKEY_CONFIG","value":"([^"]+)"/u.exec(JSON.stringify(verdict.pod)) ?? [];
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}

const secret = (value: string): Texts => nativeAnnotations({ 'secret.api': value });
const template = (text: string): Texts =>
  sidekey({ inject: 'true', 'vault-role': 'ml', 'infisical-identity': 'i', 'template.api': text });

describe('a namespace', () => {
  test('says for its pods what they do not say themselves', () => {
    const settings = inNamespace({
      'vault-role': 'team-a',
      'vault-auth': 'jwt',
      'vault-auth-path': 'auth/gpu',
      'vault-namespace': 'ml',
      'vault-audience': 'vault',
    });
    const pod = sidekey({ inject: 'true', 'secret.api': 'vault:secret/data/ml#key' });
    const verdict = decide(pod, settings);
    expect(configOf(verdict)).toMatchObject({
      vault: { namespace: 'ml', auth: { method: 'jwt', path: 'auth/gpu', role: 'team-a' } },
    });
    expect(JSON.stringify(verdict)).toContain('"audience":"vault"');
  });

  test('comes after what a pod says, in either family', () => {
    const settings = inNamespace({ 'vault-role': 'team-a', 'vault-namespace': 'ml' });
    const auth = { role: 'ml' };
    expect(configOf(decide(nativeAnnotations(), settings))).toMatchObject({ vault: { auth } });
    expect(configOf(decide(annotations(), settings))).toMatchObject({ vault: { namespace: 'ml', auth } });
  });

  test('says which machine identity its pods are', () => {
    const settings = inNamespace({ 'infisical-identity': 'an-identity', 'infisical-audience': 'infisical' });
    const pod = sidekey({ inject: 'true', 'secret.api': 'infisical:ml/prod/api#KEY' });
    const verdict = decide(pod, settings);
    expect(configOf(verdict)).toMatchObject({ infisical: { auth: { identityId: 'an-identity' } } });
    expect(JSON.stringify(verdict)).toContain('"audience":"infisical"');
  });

  test('chooses an address of the operator’s list, and no other', () => {
    const vault = { ...SETTINGS.vault, allowedAddresses: ['https://eu.vault.example'] };
    const allowed = inNamespace({ 'vault-address': 'https://eu.vault.example/' }, { vault });
    expect(configOf(decide(nativeAnnotations(), allowed))).toMatchObject({
      vault: { address: 'https://eu.vault.example' },
    });
    const foreign = inNamespace({ 'vault-address': 'https://evil.example' }, { vault });
    expect(problemsOf(decide(nativeAnnotations(), foreign))['sidekey.dev/vault-address']).toMatch(
      /^of the namespace is "https:\/\/evil\.example"; expected an address that the operator allows/u,
    );
    const own = nativeAnnotations({ 'vault-address': SETTINGS.vault.address });
    expect(configOf(decide(own, allowed))).toMatchObject({ vault: { address: SETTINGS.vault.address } });
  });

  test('that cannot be understood lets no pod in that asks, and all of it is said', () => {
    const settings = inNamespace({ 'vault-paths': '../x', 'allowed-reloads': 'shout', 'vault-auth': 'ldap' });
    const problems = problemsOf(decide(nativeAnnotations(), settings));
    expect(Object.keys(problems).toSorted()).toEqual(
      Object.keys(sidekey({ 'allowed-reloads': '', 'vault-auth': '', 'vault-paths': '' })),
    );
    for (const message of Object.values(problems)) expect(message).toMatch(/^of the namespace is "/u);
    expect(review(requestFor(podWith({})), settings).outcome).toBe('skipped');
  });

  test('that is not known yet lets no pod in that asks', () => {
    const settings = { ...SETTINGS, namespaces: new Map() };
    expect(problemsOf(decide(nativeAnnotations(), settings))).toHaveProperty(['metadata.namespace']);
    expect(review(requestFor(podWith({})), settings).outcome).toBe('skipped');
  });
});

describe('a limit', () => {
  test.each<[string, Limits, Texts, string, RegExp]>([
    ['role', { vaultRoles: ['a', 'b'] }, nativeAnnotations(), 'sidekey.dev/vault-role', /"ml".*"a" or "b"/u],
    ['role', { vaultRoles: [] }, annotations(), 'vault.hashicorp.com/role', /"ml".*nothing/u],
    [
      'role',
      { vaultRoles: ['a'] },
      nativeAnnotations({ 'vault-auth': 'token_file', 'vault-auth-secret': 's', 'vault-role': 'a' }),
      'sidekey.dev/vault-auth',
      /"token_file".*"kubernetes" or "jwt"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      secret('vault:secret/data/ab#k'),
      'sidekey.dev/secret.api',
      /"secret\/data\/ab".*vault:secret\/data\/a/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      annotations(),
      'vault.hashicorp.com/agent-inject-secret-api',
      /"secret\/data\/ml"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ with secret "secret/data/b" }}{{ end }}'),
      'sidekey.dev/template.api',
      /"secret\/data\/b"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ "secret/data/b" | secret }}'),
      'sidekey.dev/template.api',
      /"secret\/data\/b"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ if true }}{{ else }}{{ (secret ("secret/data/b")).Data }}{{ end }}'),
      'sidekey.dev/template.api',
      /"secret\/data\/b"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ define "x" }}{{ secret "secret/data/b" }}{{ end }}'),
      'sidekey.dev/template.api',
      /"secret\/data\/b"/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret "secret/data/a/../b" }}'),
      'sidekey.dev/template.api',
      /allowed/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret "secret/data/a/%2e%2E/b" }}'),
      'sidekey.dev/template.api',
      /allowed/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ $p := "secret/data/a" }}{{ secret $p }}'),
      'sidekey.dev/template.api',
      /computes what it reads/u,
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret (printf "secret/data/%s" "b") }}'),
      'sidekey.dev/template.api',
      /computes what it reads/u,
    ],
    [
      'folder',
      { infisicalFolders: [{ project: 'ml', environment: 'prod', folder: '/a' }] },
      secret('infisical:ml/dev/a#K'),
      'sidekey.dev/secret.api',
      /"ml\/dev\/a".*infisical:ml\/prod\/a/u,
    ],
    [
      'folder',
      { infisicalFolders: [] },
      template('{{ listSecrets "ml" "prod" "/a" }}'),
      'sidekey.dev/template.api',
      /nothing/u,
    ],
    [
      'identity',
      { infisicalIdentities: ['b'] },
      sidekey({ inject: 'true', 'infisical-identity': 'c', 'secret.api': 'infisical:ml/prod/a#K' }),
      'sidekey.dev/infisical-identity',
      /"c".*"b"/u,
    ],
    [
      'reload',
      { reloads: ['http'] },
      nativeAnnotations({ 'reload.api': 'signal:SIGHUP server' }),
      'sidekey.dev/reload.api',
      /"signal:…".*"http"/u,
    ],
    [
      'reload',
      { reloads: [] },
      annotations({ 'agent-inject-command-api': '/bin/true' }),
      'vault.hashicorp.com/agent-inject-command-api',
      /nothing/u,
    ],
  ])('of a %s (%j) is not gone beyond', (rule, limits, pod, key, message) => {
    const verdict = decide(pod, { ...SETTINGS, limits });
    expect(problemsOf(verdict)[key]).toMatch(message);
    expect(verdict).toMatchObject({ outcome: 'denied', beyond: expect.arrayContaining([rule]) as unknown });
  });

  test.each<[Limits, Texts]>([
    [{ vaultRoles: ['ml'] }, nativeAnnotations()],
    [{ vaultPaths: ['secret/data/a'] }, secret('vault:secret/data/a#k')],
    [{ vaultPaths: ['secret/data/a'] }, secret('vault:secret/data/a/b?version=3#k')],
    [{ vaultPaths: ['secret/data/{namespace}'] }, secret('vault:secret/data/team-a/b#k')],
    [{ vaultPaths: ['secret/data/a'] }, template('{{ with secret "/secret/data/a/x" }}{{ .Data }}{{ end }}')],
    [{ vaultPaths: [] }, secret('infisical:ml/prod/a#K')],
    [{ reloads: ['http'] }, nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' })],
    [{ reloads: [] }, nativeAnnotations()],
    [
      { infisicalFolders: [{ project: 'ml', environment: 'prod', folder: '/a' }] },
      template('{{ listSecrets "ml" "prod" "/a/b" }}'),
    ],
  ])('lets in what is within it: %j', (limits, pod) => {
    const infisical = { ...SETTINGS.infisical, identityId: 'the-operators' };
    expect(problemsOf(decide(pod, { ...SETTINGS, infisical, limits }))).toEqual({});
  });

  test('of the namespace takes the place of the operator’s, each by itself', () => {
    const limits = { vaultRoles: ['others'], reloads: [] };
    const settings = inNamespace({ 'vault-roles': 'ml' }, { limits });
    expect(decide(nativeAnnotations(), settings).outcome).toBe('injected');
    const telling = nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' });
    expect(decide(telling, settings)).toMatchObject({ outcome: 'denied', beyond: ['reload'] });
  });

  test('all of what is gone beyond is said at once', () => {
    const limits = { vaultRoles: [], vaultPaths: [], reloads: [] };
    const pod = nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' });
    expect(decide(pod, { ...SETTINGS, limits })).toMatchObject({ beyond: ['role', 'path', 'reload'] });
  });
});
