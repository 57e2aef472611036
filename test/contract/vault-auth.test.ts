import { describe, expect, test } from 'vitest';
import { parseConfig, readConfig, serialiseConfig } from '../../contract/agent-config.ts';
import type { Problem } from '../../contract/problem.ts';
import type { VaultAuth } from '../../contract/vault-auth.ts';

type Fields = Readonly<Record<string, unknown>>;

const FILE: Fields = { name: 'api', volume: '/vault/secrets', path: 'api', template: { text: 'x' } };
const configured = (auth: Fields, vault: Fields = {}): Fields => ({
  version: 1,
  vault: { address: 'https://vault:8200', auth, ...vault },
  files: [FILE],
});

function problemsOf(value: unknown): readonly Problem[] {
  const result = readConfig(value);
  return result.ok ? [] : result.problems;
}

const WAYS: Readonly<Record<string, VaultAuth>> = {
  'a service account': { method: 'jwt', path: 'auth/jwt', role: 'ml', tokenFile: '/t' },
  'a role id alone': { method: 'approle', path: 'auth/approle', roleId: 'r' },
  'a role id of a file, and a wrapped secret id that is removed': {
    method: 'approle',
    path: 'auth/apps',
    roleIdFile: '/r',
    secretIdFile: '/s',
    removeSecretIdFile: true,
    secretIdWrappingPath: 'auth/apps/role/ml/secret-id',
  },
  'a certificate': { method: 'cert', path: 'auth/cert', certFile: '/c', keyFile: '/k' },
  'a certificate for a role': { method: 'cert', path: 'auth/c', role: 'ml', certFile: '/c', keyFile: '/k' },
  'a token of a file': { method: 'token_file', tokenFile: '/t' },
};

describe('a login', () => {
  test.each(Object.entries(WAYS))('with %s travels as it is, without a warning', (_way, auth) => {
    const read = readConfig(configured({ ...auth }));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.value.config.vault?.auth).toEqual(auth);
    expect(parseConfig(serialiseConfig(read.value.config))).toEqual({
      ok: true,
      value: { config: read.value.config, warnings: [] },
    });
  });

  test.each([
    ['approle', { roleId: 'r' }, 'auth/approle'],
    ['cert', { certFile: '/c', keyFile: '/k' }, 'auth/cert'],
    // As releases before there were others had it.
    ['jwt', { role: 'ml', tokenFile: '/t' }, 'auth/kubernetes'],
    ['kubernetes', { role: 'ml', tokenFile: '/t' }, 'auth/kubernetes'],
  ])('by %s has a path where none is given', (method, auth, path) => {
    expect(readConfig(configured({ method, ...auth }))).toMatchObject({
      value: { config: { vault: { auth: { path } } } },
    });
  });

  test('may be behind a certificate, whatever its method', () => {
    const clientCertificate = { certFile: '/c', keyFile: '/k' };
    const value = configured({ role: 'ml', tokenFile: '/t' }, { clientCertificate });
    expect(readConfig(value)).toMatchObject({
      value: { warnings: [], config: { vault: { clientCertificate } } },
    });
  });
});

describe('a login that says too little is refused with what is missing', () => {
  test.each([
    ['auth.roleId', { method: 'approle', secretIdFile: '/s' }],
    ['auth.secretIdFile', { method: 'approle', roleId: 'r', removeSecretIdFile: true }],
    [
      'auth.secretIdFile',
      { method: 'approle', roleId: 'r', secretIdWrappingPath: 'auth/a/role/r/secret-id' },
    ],
    ['auth.certFile', { method: 'cert', keyFile: '/k' }],
    ['auth.keyFile', { method: 'cert', certFile: '/c' }],
    ['auth.tokenFile', { method: 'token_file' }],
    ['auth.role', { method: 'jwt', tokenFile: '/t' }],
  ])('%s: %j', (key, auth) => {
    expect(problemsOf(configured(auth)).map((problem) => problem.key)).toEqual([`config.vault.${key}`]);
  });

  test('and so is half a certificate', () => {
    const value = configured({ role: 'r', tokenFile: '/t' }, { clientCertificate: { certFile: '/c' } });
    expect(problemsOf(value).map(({ key }) => key)).toEqual(['config.vault.clientCertificate.keyFile']);
  });
});

test('a certificate is refused where nothing could show it', () => {
  const auth = { method: 'cert', certFile: '/c', keyFile: '/k' };
  expect(problemsOf(configured(auth, { address: 'http://vault:8200' }))).toEqual([
    {
      key: 'config.vault.auth.method',
      message: 'cannot be "cert" where the address begins with http://: only TLS shows a certificate',
    },
  ]);
});

test('a method that there is not is refused with those that there are', () => {
  expect(problemsOf(configured({ method: 'ldap', role: 'r', tokenFile: '/t' }))).toEqual([
    {
      key: 'config.vault.auth.method',
      message: 'must be one of "kubernetes", "jwt", "approle", "cert", "token_file"',
    },
  ]);
});

test('what another method would want is unknown, and said so', () => {
  const read = readConfig(configured({ method: 'token_file', tokenFile: '/t', role: 'ml', path: 'auth/x' }));
  expect(read).toMatchObject({
    value: { warnings: [{ key: 'config.vault.auth.role' }, { key: 'config.vault.auth.path' }] },
  });
});
