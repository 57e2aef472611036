import { describe, expect, it } from 'vitest';
import { VAULT_METHODS } from '#contract/vault-auth.ts';
import type { VaultDefaults } from '../../../injector/annotations/operator.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { SETTINGS } from '../admission/example.ts';

type Texts = Readonly<Record<string, string>>;

const under = (prefix: string, keys: Texts): Texts =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${prefix}/${key}`, value]));

const read = (annotations: Texts, vault: Partial<VaultDefaults> = {}): ReadAnnotations =>
  parseAnnotations(annotations, { ...SETTINGS, vault: { ...SETTINGS.vault, ...vault } });

/** A pod of the Vault Agent Injector. */
const dropIn = (keys: Texts, vault: Partial<VaultDefaults> = {}): ReadAnnotations =>
  read(
    under('vault.hashicorp.com', {
      'agent-inject': 'true',
      'agent-inject-secret-a': 'secret/data/a',
      ...keys,
    }),
    vault,
  );

/** A pod in Sidekey's own words. */
const native = (keys: Texts): ReadAnnotations =>
  read(under('sidekey.dev', { inject: 'true', 'secret.a': 'vault:secret/data/a', ...keys }));

const problemsOf = ({ problems }: ReadAnnotations): Texts =>
  Object.fromEntries(problems.map(({ key, message }) => [key.replace(/^[^/]+\//u, ''), message]));

const EXTRA = { 'agent-extra-secret': 'extra' };

describe('a pod of the Vault Agent Injector', () => {
  it.each([
    [{ 'auth-type': 'approle', 'auth-config-role-id-file-path': '/vault/custom/r' }, 'auth/approle'],
    [{ 'auth-type': 'jwt', role: 'r' }, 'auth/kubernetes'],
    [{ 'auth-type': 'jwt', role: 'r', 'auth-path': 'auth/jwt/' }, 'auth/jwt'],
  ])('logs in with %j at %s', (keys, path) => {
    const { injection, problems } = dropIn({ ...EXTRA, ...keys });
    expect(problems).toEqual([]);
    expect(injection.vault?.auth).toMatchObject({ path });
  });

  it('shows one certificate to the server and logs in with another', () => {
    const { injection, problems } = dropIn({
      ...EXTRA,
      'auth-type': 'cert',
      'tls-secret': 'tls',
      'client-cert': '/vault/tls/c',
      'client-key': '/vault/tls/k',
      'auth-config-client-cert': '/vault/custom/c',
      'auth-config-client-key': '/vault/custom/k',
      'auth-config-ca-cert': '/vault/custom/ca',
    });
    expect(problems).toEqual([]);
    expect(injection.vault).toMatchObject({
      auth: { method: 'cert', certFile: '/vault/custom/c', keyFile: '/vault/custom/k' },
      caFile: '/vault/custom/ca',
    });
    expect(injection.vault).not.toHaveProperty('clientCertificate');
  });

  it('trusts its own authority instead of the operator’s', () => {
    const { injection } = dropIn({ ...EXTRA, role: 'r', 'ca-cert': '/vault/custom/ca' }, { caPem: 'PEM' });
    expect(injection.vault).toMatchObject({ caFile: '/vault/custom/ca' });
    expect(injection.vault).not.toHaveProperty('caPem');
    expect(dropIn({ role: 'r' }, { caPem: 'PEM' }).injection.vault).toMatchObject({ caPem: 'PEM' });
  });

  it('is told that a file of a Secret cannot be removed, and is taken all the same', () => {
    const { injection, problems, warnings } = dropIn({
      ...EXTRA,
      'auth-type': 'approle',
      'auth-config-role-id-file-path': '/vault/custom/r',
      'auth-config-secret-id-file-path': '/vault/custom/s',
      'auth-config-remove-secret-id-file-after-reading': 'true',
    });
    expect(problems).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'changes nothing: the Secret is mounted read-only, so its file stays',
    ]);
    expect(injection.vault?.auth).toMatchObject({ removeSecretIdFile: true });
  });

  it('gets the Secrets that it names, whatever it logs in with', () => {
    const { injection } = dropIn({ ...EXTRA, role: 'r', 'tls-secret': 'tls' });
    expect(injection.secretMounts).toMatchObject([
      { path: '/vault/custom', secretName: 'extra' },
      { path: '/vault/tls', secretName: 'tls' },
    ]);
    expect(injection.credentials).toEqual([{ kind: 'token', store: 'vault' }]);
  });

  it.each([
    ['role', { 'auth-type': 'jwt' }, 'is missing'],
    ['auth-config-role-id-file-path', { 'auth-type': 'approle' }, 'is missing'],
    ['auth-config-client-cert', { 'auth-type': 'cert' }, 'is missing'],
    ['auth-config-token-file-path', { 'auth-type': 'token_file' }, 'is missing'],
    ['client-key', { role: 'r', 'client-cert': '/vault/custom/c' }, 'is missing'],
    ['ca-cert', { role: 'r', 'ca-cert': '/etc/ssl/cert.pem' }, 'expected a file below'],
    ['ca-cert', { role: 'r', 'ca-cert': '/vault/tls/ca' }, 'where nothing is mounted'],
    ['ca-cert', { role: 'r', 'ca-cert': '/vault/custom/../../etc/passwd' }, 'expected a file below'],
    ['ca-cert', { role: 'r', 'ca-cert': '/vault/custom' }, 'expected a file below'],
    ['ca-cert', { role: 'r', 'ca-cert': '/vault/customs/ca' }, 'expected a file below'],
    [
      'auth-config-ca-cert',
      {
        'auth-type': 'cert',
        'ca-cert': '/vault/custom/a',
        'auth-config-ca-cert': '/vault/custom/b',
        'client-cert': '/vault/custom/c',
        'client-key': '/vault/custom/k',
      },
      'another file',
    ],
    [
      'auth-config-secret-id-response-wrapping-path',
      {
        'auth-type': 'approle',
        'auth-config-role-id-file-path': '/vault/custom/r',
        'auth-config-secret-id-response-wrapping-path': 'auth/approle/role/r/secret-id',
      },
      'has no secret id to apply to',
    ],
  ])('is refused for %s of %j', (key, keys, message) => {
    expect(problemsOf(dropIn({ ...EXTRA, ...keys }))).toEqual({
      [key]: expect.stringContaining(message) as unknown,
    });
  });

  it('cannot show a certificate without TLS', () => {
    const address = 'http://vault:8200';
    const keys = {
      ...EXTRA,
      'auth-type': 'cert',
      'client-cert': '/vault/custom/c',
      'client-key': '/vault/custom/k',
    };
    expect(problemsOf(dropIn(keys, { address }))).toEqual({
      'auth-type': `is "cert", and ${address} is reached without TLS; expected an address that begins with https://`,
    });
  });
});

describe('a pod in Sidekey’s own words', () => {
  const SECRET = { 'vault-auth-secret': 'login' };

  it.each(VAULT_METHODS)(
    'logs in by %s with nothing but the name of a Secret, or with its account',
    (method) => {
      const isAccount = method === 'kubernetes' || method === 'jwt';
      const { injection, problems } = native({
        'vault-auth': method,
        ...(isAccount ? { 'vault-role': 'r' } : SECRET),
      });
      expect(problems).toEqual([]);
      expect(injection.vault?.auth.method).toBe(method);
      expect(injection.credentials).toMatchObject(
        isAccount ? [{ kind: 'token' }] : [{ kind: 'secret', secretName: 'login' }],
      );
    },
  );

  it.each([
    ['vault-auth-secret', { 'vault-auth': 'cert' }, 'the keys tls.crt and tls.key'],
    ['vault-auth-secret', { 'vault-auth': 'token_file' }, 'the key token'],
    [
      'vault-auth-secret',
      { 'vault-auth': 'approle', 'vault-auth-secret': 'Not_A_Name' },
      'the name of a Secret',
    ],
    ['vault-auth-secret', { ...SECRET, 'vault-role': 'r' }, 'of no use for kubernetes auth'],
    ['vault-role', { ...SECRET, 'vault-auth': 'approle', 'vault-role': 'r' }, 'of no use for approle auth'],
    ['vault-auth-path', { ...SECRET, 'vault-auth': 'token_file', 'vault-auth-path': 'auth/x' }, 'of no use'],
    ['vault-audience', { ...SECRET, 'vault-auth': 'cert', 'vault-audience': 'v' }, 'of no use for cert auth'],
  ])('is refused for %s of %j', (key, keys, message) => {
    expect(problemsOf(native(keys))).toEqual({ [key]: expect.stringContaining(message) as unknown });
  });

  it('names its Secret in one way alone', () => {
    const both = {
      ...under('sidekey.dev', {
        inject: 'true',
        'secret.a': 'vault:kv/a',
        'vault-auth': 'token_file',
        ...SECRET,
      }),
      ...under('vault.hashicorp.com', { ...EXTRA, 'auth-config-token-file-path': '/vault/custom/t' }),
    };
    expect(problemsOf(read(both))).toEqual({
      'auth-config-token-file-path':
        'stands beside sidekey.dev/vault-auth-secret; expected one of them alone',
    });
  });
});
