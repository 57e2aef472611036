import { describe, expect, test } from 'vitest';
import type { Limits } from '../../../injector/annotations/limits.ts';
import { decide, inNamespace, problemsOf, sidekey, type Texts } from './deciding.ts';
import { annotations, nativeAnnotations, SETTINGS } from './example.ts';

const secret = (value: string): Texts => nativeAnnotations({ 'secret.api': value });
const template = (text: string): Texts =>
  sidekey({ inject: 'true', 'vault-role': 'ml', 'infisical-identity': 'i', 'template.api': text });

describe('a limit', () => {
  test.each<[string, Limits, Texts, readonly [key: string, message: RegExp]]>([
    [
      'role',
      { vaultRoles: ['a', 'b'] },
      nativeAnnotations(),
      ['sidekey.dev/vault-role', /"ml".*"a" or "b"/u],
    ],
    ['role', { vaultRoles: [] }, annotations(), ['vault.hashicorp.com/role', /"ml".*nothing/u]],
    [
      'role',
      { vaultRoles: ['a'] },
      nativeAnnotations({ 'vault-auth': 'token_file', 'vault-auth-secret': 's', 'vault-role': 'a' }),
      ['sidekey.dev/vault-auth', /"token_file".*"kubernetes" or "jwt"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      secret('vault:secret/data/ab#k'),
      ['sidekey.dev/secret.api', /"secret\/data\/ab".*vault:secret\/data\/a/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      annotations(),
      ['vault.hashicorp.com/agent-inject-secret-api', /"secret\/data\/ml"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ with secret "secret/data/b" }}{{ end }}'),
      ['sidekey.dev/template.api', /"secret\/data\/b"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ "secret/data/b" | secret }}'),
      ['sidekey.dev/template.api', /"secret\/data\/b"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ if true }}{{ else }}{{ (secret ("secret/data/b")).Data }}{{ end }}'),
      ['sidekey.dev/template.api', /"secret\/data\/b"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ define "x" }}{{ secret "secret/data/b" }}{{ end }}'),
      ['sidekey.dev/template.api', /"secret\/data\/b"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret "secret/data/a/../b" }}'),
      ['sidekey.dev/template.api', /allowed/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret "secret/data/a/%2e%2E/b" }}'),
      ['sidekey.dev/template.api', /allowed/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ $p := "secret/data/a" }}{{ secret $p }}'),
      ['sidekey.dev/template.api', /computes what it reads/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      template('{{ secret (printf "secret/data/%s" "b") }}'),
      ['sidekey.dev/template.api', /computes what it reads/u],
    ],
    [
      'folder',
      { infisicalFolders: [{ project: 'ml', environment: 'prod', folder: '/a' }] },
      secret('infisical:ml/dev/a#K'),
      ['sidekey.dev/secret.api', /"ml\/dev\/a".*infisical:ml\/prod\/a/u],
    ],
    [
      'folder',
      { infisicalFolders: [] },
      template('{{ listSecrets "ml" "prod" "/a" }}'),
      ['sidekey.dev/template.api', /nothing/u],
    ],
    [
      'identity',
      { infisicalIdentities: ['b'] },
      sidekey({ inject: 'true', 'infisical-identity': 'c', 'secret.api': 'infisical:ml/prod/a#K' }),
      ['sidekey.dev/infisical-identity', /"c".*"b"/u],
    ],
    [
      'identity',
      { infisicalIdentities: ['b'] },
      sidekey({
        inject: 'true',
        'infisical-auth': 'universal',
        'infisical-client-secret': 's',
        'secret.api': 'infisical:ml/prod/a#K',
      }),
      ['sidekey.dev/infisical-auth', /"universal".*"kubernetes", as "b"/u],
    ],
    [
      'path',
      { vaultPaths: ['secret/data/a'] },
      secret(`vault:secret/data/a/${'x'.repeat(100)}/%2e%2e/%2E./b#k`),
      ['sidekey.dev/secret.api', /allowed/u],
    ],
    [
      'reload',
      { reloads: ['http'] },
      nativeAnnotations({ 'reload.api': 'signal:SIGHUP server' }),
      ['sidekey.dev/reload.api', /"signal:…".*"http"/u],
    ],
    [
      'reload',
      { reloads: [] },
      annotations({ 'agent-inject-command-api': '/bin/true' }),
      ['vault.hashicorp.com/agent-inject-command-api', /nothing/u],
    ],
  ])('of a %s (%j) is not gone beyond', (rule, limits, pod, [key, message]) => {
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

  const telling = nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' });
  const imaged = nativeAnnotations({ image: 'registry.example/agent:2' });
  const identified = sidekey({
    inject: 'true',
    'infisical-identity': 'b',
    'secret.api': 'infisical:ml/prod/a#K',
  });
  const folder = { project: 'ml', environment: 'prod', folder: '/z' };

  test.each<[string, Limits, Texts, Texts]>([
    ['role', { vaultRoles: ['others'] }, { 'vault-roles': 'ml' }, nativeAnnotations()],
    [
      'path',
      { vaultPaths: ['secret/data/z'] },
      { 'vault-paths': 'secret/data' },
      secret('vault:secret/data/a#k'),
    ],
    ['folder', { infisicalFolders: [folder] }, { infisical: 'ml/prod' }, identified],
    ['identity', { infisicalIdentities: ['a'] }, { 'infisical-identities': 'a,b' }, identified],
    ['reload', { reloads: ['signal'] }, { 'allowed-reloads': 'http,signal' }, telling],
    [
      'image',
      { images: ['registry.example/agent:1'] },
      { 'allowed-images': 'registry.example/agent:2' },
      imaged,
    ],
  ])('of a %s that the operator has set is not widened by a namespace', (rule, limits, keys, pod) => {
    expect(decide(pod, inNamespace(keys)).outcome).toBe('injected');
    const verdict = decide(pod, inNamespace(keys, { limits }));
    expect(verdict).toMatchObject({ outcome: 'denied', beyond: expect.arrayContaining([rule]) as unknown });
  });

  test('is that of the namespace where the operator has set none', () => {
    const settings = inNamespace({ 'vault-roles': 'ml', 'allowed-reloads': 'none' });
    expect(decide(nativeAnnotations(), settings).outcome).toBe('injected');
    expect(decide(telling, settings)).toMatchObject({ outcome: 'denied', beyond: ['reload'] });
  });

  test('is what both the operator and the namespace allow', () => {
    const limits = { vaultPaths: ['secret/data/a', 'kv/{namespace}'], vaultRoles: ['ml', 'other'] };
    const settings = inNamespace(
      { 'vault-paths': 'secret/data,kv/team-a/x', 'vault-roles': 'ml' },
      { limits },
    );
    const outcomes = ['secret/data/a/b', 'secret/data/b', 'kv/team-a/x/y', 'kv/team-a/y', 'kv/team-b/x'].map(
      (path) => decide(secret(`vault:${path}#k`), settings).outcome,
    );
    expect(outcomes).toEqual(['injected', 'denied', 'injected', 'denied', 'denied']);
    expect(decide(nativeAnnotations({ 'vault-role': 'other' }), settings).outcome).toBe('denied');
  });

  test('holds for what a namespace chooses for its pods', () => {
    const limits = { infisicalIdentities: ['a'], vaultRoles: ['ml'] };
    const pod = sidekey({ inject: 'true', 'secret.api': 'infisical:ml/prod/a#K' });
    const chosen = inNamespace({ 'infisical-identity': 'b' }, { limits });
    expect(problemsOf(decide(pod, chosen))['sidekey.dev/infisical-identity']).toMatch(
      /^of the namespace is "b".*"a"/u,
    );
    expect(decide(pod, inNamespace({ 'infisical-identity': 'a' }, { limits })).outcome).toBe('injected');
    const roleless = sidekey({ inject: 'true', 'secret.api': 'vault:secret/data/ml#key' });
    expect(decide(roleless, inNamespace({ 'vault-role': 'root' }, { limits }))).toMatchObject({
      beyond: ['role'],
    });
  });

  test('all of what is gone beyond is said at once', () => {
    const limits = { vaultRoles: [], vaultPaths: [], reloads: [] };
    const pod = nativeAnnotations({ 'reload.api': 'http:POST http://127.0.0.1:8000/reload' });
    expect(decide(pod, { ...SETTINGS, limits })).toMatchObject({ beyond: ['role', 'path', 'reload'] });
  });
});
