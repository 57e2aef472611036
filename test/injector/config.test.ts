import { expect, test } from 'vitest';
import { readInjectorConfig } from '../../injector/config.ts';

const FILES = { SIDEKEY_TLS_CERT_FILE: '/tls/tls.crt', SIDEKEY_TLS_KEY_FILE: '/tls/tls.key' };
const REQUIRED = {
  SIDEKEY_AGENT_IMAGE: 'sidekey/agent:1',
  SIDEKEY_VAULT_ADDRESS: 'https://vault:8200',
};

const DAY_MS = 86_400_000;

function problemsOf(record: Readonly<Record<string, string>>): readonly string[] {
  const result = readInjectorConfig({ ...REQUIRED, ...record });
  return result.ok ? [] : result.problems.map(({ key }) => key);
}

test('what is required is enough; the rest has defaults', () => {
  expect(readInjectorConfig(REQUIRED)).toEqual({
    ok: true,
    value: {
      listen: { address: '', port: 8443 },
      adminPort: 9473,
      cluster: {
        certificates: {
          namespace: 'sidekey',
          secret: 'sidekey-injector-tls',
          names: ['sidekey-injector.sidekey.svc', 'sidekey-injector.sidekey.svc.cluster.local'],
          authorityLifeMs: 365 * DAY_MS,
          leafLifeMs: 30 * DAY_MS,
          overlapMs: 3_600_000,
        },
        lease: 'sidekey-injector',
        events: true,
        limitRanges: false,
      },
      logLevel: 'info',
      caFiles: {},
      drainDelayMs: 5000,
      settings: {
        agentImage: 'sidekey/agent:1',
        ownNamespace: 'sidekey',
        limits: {},
        vault: {
          address: 'https://vault:8200',
          allowedAddresses: ['https://vault:8200'],
          authMethod: 'kubernetes',
          authPath: 'auth/kubernetes',
          timeoutMs: 10_000,
        },
        pollMs: 300_000,
        nativePollMs: 60_000,
        startDeadlineMs: 300_000,
        revokeOnShutdown: false,
      },
    },
  });
});

test('every variable is followed', () => {
  const result = readInjectorConfig({
    ...REQUIRED,
    SIDEKEY_LISTEN: '127.0.0.1:0',
    SIDEKEY_ADMIN_PORT: '9000',
    SIDEKEY_LOG_LEVEL: 'debug',
    SIDEKEY_DRAIN_DELAY: '0',
    SIDEKEY_NAMESPACE: 'security',
    SIDEKEY_VAULT_ALLOWED_ADDRESSES: 'https://other:8200, http://third',
    SIDEKEY_VAULT_CA_FILE: '/ca.pem',
    SIDEKEY_VAULT_AUTH_METHOD: 'jwt',
    SIDEKEY_VAULT_AUTH_PATH: 'auth/gpu',
    SIDEKEY_VAULT_NAMESPACE: 'ml',
    SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example',
    SIDEKEY_INFISICAL_ALLOWED_ADDRESSES: 'https://infisical.eu.example',
    SIDEKEY_INFISICAL_CA_FILE: '/infisical-ca.pem',
    SIDEKEY_INFISICAL_AUTH: 'universal',
    SIDEKEY_INFISICAL_IDENTITY: 'an-identity',
    SIDEKEY_POLL: '10s',
    SIDEKEY_START_DEADLINE: 'never',
    SIDEKEY_REVOKE_ON_SHUTDOWN: 'true',
    SIDEKEY_VAULT_PROXY: 'http://proxy.example:3128',
    SIDEKEY_VAULT_ALLOWED_PROXIES: 'http://other.example:3128',
    SIDEKEY_VAULT_ALLOWED_ROLES: 'a, b',
    SIDEKEY_VAULT_ALLOWED_PATHS: 'secret/data/{namespace}',
    SIDEKEY_INFISICAL_ALLOWED_FOLDERS: 'ml/prod/{namespace}',
    SIDEKEY_INFISICAL_ALLOWED_IDENTITIES: 'an-identity',
    SIDEKEY_ALLOWED_RELOADS: 'none',
    SIDEKEY_ALLOWED_IMAGES: 'registry.example/agent:2',
    SIDEKEY_KUBERNETES_ADDRESS: 'https://127.0.0.1:6443',
    SIDEKEY_KUBERNETES_TOKEN_FILE: '/token',
    SIDEKEY_KUBERNETES_CA_FILE: '/kube-ca.pem',
    SIDEKEY_CERTIFICATE_SECRET: 'webhook-tls',
    SIDEKEY_CERTIFICATE_NAMES: '127.0.0.1',
    SIDEKEY_AUTHORITY_LIFE: '48h',
    SIDEKEY_CERTIFICATE_LIFE: '24h',
    SIDEKEY_AUTHORITY_OVERLAP: '10m',
    SIDEKEY_LEASE: 'webhook',
    SIDEKEY_EVENTS: 'false',
    SIDEKEY_LIMIT_RANGES: 'true',
  });
  expect(result).toMatchObject({
    value: {
      listen: { address: '127.0.0.1', port: 0 },
      adminPort: 9000,
      logLevel: 'debug',
      caFiles: { vault: '/ca.pem', infisical: '/infisical-ca.pem' },
      drainDelayMs: 0,
      cluster: {
        connection: { address: 'https://127.0.0.1:6443', tokenFile: '/token', caFile: '/kube-ca.pem' },
        certificates: {
          namespace: 'security',
          secret: 'webhook-tls',
          names: ['127.0.0.1'],
          authorityLifeMs: 2 * DAY_MS,
          leafLifeMs: DAY_MS,
          overlapMs: 600_000,
        },
        lease: 'webhook',
        events: false,
        limitRanges: true,
      },
      settings: {
        ownNamespace: 'security',
        limits: {
          vaultRoles: ['a', 'b'],
          vaultPaths: ['secret/data/{namespace}'],
          infisicalFolders: [{ project: 'ml', environment: 'prod', folder: '/{namespace}' }],
          infisicalIdentities: ['an-identity'],
          reloads: [],
          images: ['registry.example/agent:2'],
        },
        vault: {
          allowedAddresses: ['https://vault:8200', 'https://other:8200', 'http://third'],
          authMethod: 'jwt',
          authPath: 'auth/gpu',
          namespace: 'ml',
          proxy: 'http://proxy.example:3128',
          allowedProxies: ['http://other.example:3128'],
        },
        infisical: {
          address: 'https://infisical.example',
          allowedAddresses: ['https://infisical.example', 'https://infisical.eu.example'],
          authMethod: 'universal',
          identityId: 'an-identity',
          timeoutMs: 10_000,
        },
        pollMs: 10_000,
        nativePollMs: 10_000,
        startDeadlineMs: null,
        revokeOnShutdown: true,
      },
    },
  });
});

test('an empty environment names everything that is missing at once', () => {
  const result = readInjectorConfig({});
  const keys = result.ok ? [] : result.problems.map(({ key }) => key);
  expect(keys.toSorted()).toEqual(Object.keys(REQUIRED).toSorted());
});

test('a certificate in files is served instead of one of its own, and both files are needed', () => {
  expect(readInjectorConfig({ ...REQUIRED, ...FILES })).toMatchObject({
    value: { keyPairFiles: { certFile: '/tls/tls.crt', keyFile: '/tls/tls.key' }, cluster: {} },
  });
  expect(problemsOf({ SIDEKEY_TLS_CERT_FILE: '/tls/tls.crt' })).toEqual(['SIDEKEY_TLS_KEY_FILE']);
});

test('an injector that asks no API server has to be given its certificate', () => {
  const alone = readInjectorConfig({ ...REQUIRED, ...FILES, SIDEKEY_STANDALONE: 'true' });
  expect(alone.ok && alone.value).not.toHaveProperty('cluster');
  expect(problemsOf({ SIDEKEY_STANDALONE: 'true' })).toEqual(Object.keys(FILES));
});

test('an API server is found by its address, and then known by its authority and asked with a token', () => {
  expect(problemsOf({ SIDEKEY_KUBERNETES_ADDRESS: 'https://127.0.0.1:6443' })).toEqual([
    'SIDEKEY_KUBERNETES_TOKEN_FILE',
    'SIDEKEY_KUBERNETES_CA_FILE',
  ]);
  expect(problemsOf({ SIDEKEY_KUBERNETES_CA_FILE: '/ca.pem' })).toEqual(['SIDEKEY_KUBERNETES_CA_FILE']);
});

test('one store is enough, and it may be Infisical', () => {
  const { SIDEKEY_VAULT_ADDRESS: _, ...rest } = REQUIRED;
  const result = readInjectorConfig({ ...rest, SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example' });
  expect(result).toMatchObject({
    ok: true,
    value: { settings: { infisical: { authMethod: 'kubernetes' } } },
  });
  expect(result.ok && result.value.settings).not.toHaveProperty('vault');
});

test('what belongs to a store without an address is refused by name', () => {
  expect(problemsOf({ SIDEKEY_INFISICAL_IDENTITY: 'i', SIDEKEY_INFISICAL_CA_FILE: '/ca.pem' })).toEqual([
    'SIDEKEY_INFISICAL_CA_FILE',
    'SIDEKEY_INFISICAL_IDENTITY',
  ]);
  const infisical = { SIDEKEY_VAULT_ADDRESS: '', SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example' };
  expect(problemsOf({ ...infisical, SIDEKEY_VAULT_NAMESPACE: 'ml' })).toEqual(['SIDEKEY_VAULT_NAMESPACE']);
});

test.each([
  ['SIDEKEY_INFISICAL_ADDRESS', 'infisical.example'],
  ['SIDEKEY_INFISICAL_ALLOWED_ADDRESSES', 'ftp://a'],
  ['SIDEKEY_INFISICAL_AUTH', 'aws-iam'],
  ['SIDEKEY_INFISICAL_IDENTITY', 'two words'],
])('%s=%s is refused by name', (key, value) => {
  expect(problemsOf({ SIDEKEY_INFISICAL_ADDRESS: 'https://infisical.example', [key]: value })).toEqual([key]);
});

test.each([
  ['SIDEKEY_LISTEN', '8443'],
  ['SIDEKEY_LISTEN', '127.0.0.1:70000'],
  ['SIDEKEY_ADMIN_PORT', 'http'],
  ['SIDEKEY_LOG_LEVEL', 'loud'],
  ['SIDEKEY_VAULT_ADDRESS', 'vault:8200'],
  ['SIDEKEY_VAULT_ALLOWED_ADDRESSES', 'https://a,ftp://b'],
  ['SIDEKEY_VAULT_AUTH_METHOD', 'approle'],
  ['SIDEKEY_VAULT_AUTH_PATH', 'kubernetes'],
  ['SIDEKEY_VAULT_NAMESPACE', 'two words'],
  ['SIDEKEY_POLL', '0'],
  ['SIDEKEY_POLL', 'soon'],
  ['SIDEKEY_START_DEADLINE', '5'],
  ['SIDEKEY_REVOKE_ON_SHUTDOWN', 'yes'],
  ['SIDEKEY_VAULT_PROXY', 'proxy:3128'],
  ['SIDEKEY_VAULT_ALLOWED_PROXIES', 'http://a,socks5://b'],
  ['SIDEKEY_VAULT_ALLOWED_PATHS', '../x'],
  ['SIDEKEY_ALLOWED_RELOADS', 'shout'],
  ['SIDEKEY_STANDALONE', 'yes'],
  ['SIDEKEY_EVENTS', 'no'],
  ['SIDEKEY_CERTIFICATE_LIFE', '9000h'],
  ['SIDEKEY_CERTIFICATE_SECRET', 'A_B'],
])('%s=%s is refused by name', (key, value) => {
  expect(problemsOf({ [key]: value })).toContain(key);
});

test('an empty variable is one that is not set', () => {
  expect(problemsOf({ SIDEKEY_POLL: '', SIDEKEY_LISTEN: ' ' })).toEqual([]);
  expect(problemsOf({ SIDEKEY_AGENT_IMAGE: '' })).toEqual(['SIDEKEY_AGENT_IMAGE']);
});

test('an address of IPv6 stands in brackets', () => {
  const result = readInjectorConfig({ ...REQUIRED, SIDEKEY_LISTEN: '[::1]:8443' });
  expect(result).toMatchObject({ value: { listen: { address: '::1', port: 8443 } } });
});

test('a password in an address is refused and not repeated', () => {
  const result = readInjectorConfig({ ...REQUIRED, SIDEKEY_VAULT_ADDRESS: 'https://root:hunter2@vault' });
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});
