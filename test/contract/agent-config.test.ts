import { describe, expect, test } from 'vitest';
import { type ReadConfig, readConfig } from '../../contract/agent-config.ts';
import type { Problem } from '../../contract/problem.ts';

type Fields = Readonly<Record<string, unknown>>;

const FILE: Fields = { name: 'api', volume: '/vault/secrets', path: 'api', template: { text: 'x' } };
const AUTH: Fields = { role: 'ml-inference', tokenFile: '/run/sidekey/token/vault' };
const VAULT: Fields = { address: 'https://vault:8200', auth: AUTH };
const INFISICAL: Fields = { address: 'https://i', auth: { identityId: 'id', tokenFile: '/t' } };
const SMALLEST: Fields = { version: 1, vault: VAULT, files: [FILE] };

function accepted(value: unknown): ReadConfig {
  const result = readConfig(value);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problemsOf(value: unknown): readonly Problem[] {
  const result = readConfig(value);
  return result.ok ? [] : result.problems;
}

const keysOf = (value: unknown): string[] => problemsOf(value).map(({ key }) => key);

describe('what is left out', () => {
  test('has a default', () => {
    expect(accepted(SMALLEST)).toEqual({
      warnings: [],
      config: {
        version: 1,
        vault: {
          address: 'https://vault:8200',
          auth: { method: 'kubernetes', path: 'auth/kubernetes', ...AUTH },
          timeoutMs: 10_000,
        },
        files: [{ ...FILE, mode: 0o644, template: { text: 'x', left: '{{', right: '}}' } }],
        pollMs: 300_000,
        startDeadlineMs: 300_000,
        revokeOnShutdown: false,
        stateDirectory: '/run/sidekey/state',
        adminAddress: '::',
        adminPort: 9473,
        terminationLog: '/dev/termination-log',
      },
    });
  });

  test('may be null: a start deadline of null is none at all', () => {
    expect(accepted({ ...SMALLEST, startDeadlineMs: null, pollMs: null }).config).toMatchObject({
      startDeadlineMs: null,
      pollMs: 300_000,
    });
  });

  test.each([
    ['config.vault', { ...SMALLEST, vault: undefined }],
    ['config.files', { ...SMALLEST, files: [] }],
    [
      'config.infisical.auth.identityId',
      { ...SMALLEST, infisical: { ...INFISICAL, auth: { tokenFile: '/t' } } },
    ],
    [
      'config.infisical.auth.clientSecretFile',
      { ...SMALLEST, infisical: { ...INFISICAL, auth: { method: 'universal', clientId: 'c' } } },
    ],
    [
      'config.infisical.auth.clientId',
      { ...SMALLEST, infisical: { ...INFISICAL, auth: { method: 'universal', clientSecretFile: '/s' } } },
    ],
    ['config.vault.auth', { ...SMALLEST, vault: { address: 'http://v' } }],
    ['config.vault.auth.role', { ...SMALLEST, vault: { ...VAULT, auth: { tokenFile: '/t' } } }],
    ['config.vault.auth.tokenFile', { ...SMALLEST, vault: { ...VAULT, auth: { role: 'r' } } }],
    ['config.files[0].template', { ...SMALLEST, files: [{ ...FILE, template: undefined }] }],
  ])('is missed where there is none: %s', (key, value) => {
    expect(keysOf(value)).toEqual([key]);
  });
});

describe('a bad value is named by its field', () => {
  test.each([
    ['vault', 'https://vault:8200'],
    ['files', { api: FILE }],
    ['pollMs', 99],
    ['pollMs', '5m'],
    ['pollMs', 1000.5],
    ['startDeadlineMs', -1],
    ['startDeadlineMs', 'never'],
    ['revokeOnShutdown', 'true'],
    ['stateDirectory', 'run/state'],
    ['stateDirectory', '/'],
    ['stateDirectory', '/run/../etc'],
    ['adminAddress', ''],
    ['adminPort', -1],
    ['adminPort', 65_536],
    ['adminPort', '9473'],
    ['terminationLog', 1],
  ])('config.%s: %j', (field, value) => {
    expect(keysOf({ ...SMALLEST, [field]: value })).toContain(`config.${field}`);
  });

  test.each([
    ['address', 'vault:8200'],
    ['address', 'ftp://vault'],
    ['address', 'https://'],
    ['address', 1],
    ['namespace', ''],
    ['namespace', 1],
    ['caPem', false],
    ['timeoutMs', 99],
    ['timeoutMs', '10s'],
    ['auth', 'kubernetes'],
  ])('config.vault.%s: %j', (field, value) => {
    expect(keysOf({ ...SMALLEST, vault: { ...VAULT, [field]: value } })).toContain(`config.vault.${field}`);
  });

  test.each([
    ['method', 'ldap'],
    ['path', ''],
    ['role', ''],
    ['role', 1],
    ['tokenFile', ''],
  ])('config.vault.auth.%s: %j', (field, value) => {
    const vault = { ...VAULT, auth: { ...AUTH, [field]: value } };
    expect(keysOf({ ...SMALLEST, vault })).toEqual([`config.vault.auth.${field}`]);
  });

  test.each([
    ['name', ''],
    ['volume', 'vault/secrets'],
    ['volume', '/vault/secrets/'],
    ['path', ''],
    ['path', '../etc/passwd'],
    ['path', 'a/../../b'],
    ['path', '..data/api'],
    ['path', '/'],
    ['mode', 0o1777],
    ['mode', '0644'],
    ['mode', 0o044],
    ['mode', -1],
    ['template', '{{ . }}'],
  ])('config.files[0].%s: %j', (field, value) => {
    expect(keysOf({ ...SMALLEST, files: [{ ...FILE, [field]: value }] })).toContain(
      `config.files[0].${field}`,
    );
  });

  test.each([
    ['text', 1],
    ['left', ''],
    ['right', 2],
  ])('config.files[0].template.%s: %j', (field, value) => {
    const files = [{ ...FILE, template: { text: 'x', [field]: value } }];
    expect(keysOf({ ...SMALLEST, files })).toEqual([`config.files[0].template.${field}`]);
  });

  test('and all bad values are named at once', () => {
    const value = { ...SMALLEST, pollMs: 0, adminPort: -1, files: [{ ...FILE, path: '' }, 'x'] };
    expect(keysOf(value)).toEqual(
      expect.arrayContaining([
        'config.pollMs',
        'config.adminPort',
        'config.files[0].path',
        'config.files[1]',
      ]),
    );
  });

  test('with the form that is expected instead', () => {
    const files = [{ ...FILE, path: '../x' }];
    expect(problemsOf({ ...SMALLEST, files })[0]?.message).toContain('a relative path inside the volume');
  });
});

/** What is said of two files that differ from a good one in these fields. */
const pair = (one: Fields, other: Fields): string[] =>
  problemsOf({
    ...SMALLEST,
    files: [
      { ...FILE, ...one },
      { ...FILE, ...other },
    ],
  }).map(({ message }) => message);

describe('files', () => {
  test('have a normalised path', () => {
    const { config } = accepted({ ...SMALLEST, files: [{ ...FILE, path: './db//password' }] });
    expect(config.files[0]?.path).toBe('db/password');
  });

  test('may have an empty template', () => {
    expect(keysOf({ ...SMALLEST, files: [{ ...FILE, template: { text: '' } }] })).toEqual([]);
  });

  test('must not share a name', () => {
    expect(pair({ path: 'a' }, { path: 'b' })).toEqual(['has two entries named "api"']);
  });

  test('must not share a place, however it is written', () => {
    expect(pair({ name: 'a', path: 'x/y' }, { name: 'b', path: 'x//y' })).toEqual([
      '"a" and "b" both render /vault/secrets/x/y',
    ]);
  });

  test('must not share a place through two volumes', () => {
    expect(pair({ name: 'a', volume: '/v', path: 'x/y' }, { name: 'b', volume: '/v/x', path: 'y' })).toEqual([
      '"a" and "b" both render /v/x/y',
    ]);
  });

  test('cannot be a directory as well', () => {
    expect(pair({ name: 'a', path: 'x' }, { name: 'b', path: 'x/y' })).toEqual([
      '"a" renders /vault/secrets/x, which /vault/secrets/x/y needs as a directory',
    ]);
    expect(pair({ name: 'a', path: 'x' }, { name: 'b', path: 'xy' })).toEqual([]);
  });
});

describe('another release', () => {
  test('may add fields: each gives a warning', () => {
    const value = {
      ...SMALLEST,
      later: 1,
      vault: { ...VAULT, later: 1, auth: { ...AUTH, later: 1 } },
      files: [{ ...FILE, later: 1, template: { text: 'x', later: 1 } }],
    };
    const { config, warnings } = accepted(value);
    expect(warnings.map(({ key }) => key).toSorted()).toEqual([
      'config.files[0].later',
      'config.files[0].template.later',
      'config.later',
      'config.vault.auth.later',
      'config.vault.later',
    ]);
    expect(config).toEqual(accepted(SMALLEST).config);
  });

  test.each([2, 0, '1', null, undefined])(
    'of version %j is refused, and nothing else is complained about',
    (version) => {
      const problems = problemsOf({ version, everything: 'else' });
      expect(problems.map(({ key }) => key)).toEqual(['config.version']);
      expect(problems[0]?.message).toContain("use an agent of the injector's release");
    },
  );
});
