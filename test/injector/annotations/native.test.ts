import { describe, expect, it } from 'vitest';
import { NATIVE } from '../../../injector/annotations/families.ts';
import type { OperatorDefaults } from '../../../injector/annotations/operator.ts';
import { parseAnnotations, type ReadAnnotations } from '../../../injector/annotations/parse.ts';
import { nativeAnnotations, SETTINGS } from '../admission/example.ts';

type Keys = Readonly<Record<string, string>>;

const read = (more: Keys = {}, settings: OperatorDefaults = SETTINGS): ReadAnnotations =>
  parseAnnotations(nativeAnnotations(more), settings);

const keysOf = ({ problems }: ReadAnnotations): readonly string[] =>
  problems.map(({ key }) => key.replace('sidekey.dev/', ''));

const IDENTITY = { 'infisical-identity': 'an-identity' };

describe('what annotations of our own leave open', () => {
  it('is as the operator decided, but for the interval', () => {
    expect(read()).toMatchObject({
      injection: {
        mode: 'run',
        position: 'after-sidecars',
        directories: [{ volume: 'sidekey-files', path: '/run/secrets/sidekey' }],
        vault: { address: SETTINGS.vault.address, auth: { path: 'auth/kubernetes', role: 'ml' } },
        credentials: [{ kind: 'token', store: 'vault' }],
        pollMs: 60_000,
        startDeadlineMs: SETTINGS.startDeadlineMs,
        statusKeys: ['sidekey.dev/status'],
      },
      problems: [],
      warnings: [],
    });
  });

  it('is an identity and a method of the operator', () => {
    const secret = { 'secret.env': 'infisical:ml/prod' };
    const identityId = 'of-the-operator';
    const named = { ...SETTINGS, infisical: { ...SETTINGS.infisical, identityId } };
    expect(read(secret, named).injection.infisical?.auth).toMatchObject({ method: 'kubernetes', identityId });
    const universal = { ...SETTINGS, infisical: { ...SETTINGS.infisical, authMethod: 'universal' as const } };
    expect(keysOf(read(secret, universal))).toEqual(['infisical-client-secret']);
  });
});

describe('a file of our own', () => {
  it('is raw if it is one value, and JSON if it is several, unless another format is given', () => {
    const { injection } = read({
      ...IDENTITY,
      'secret.whole': 'vault:kv/a',
      'secret.folder': 'infisical:ml/prod',
      'secret.key': 'infisical:ml/prod#A',
      'secret.env': 'infisical:ml/prod',
      'format.env': 'dotenv',
    });
    expect(injection.files.map((file) => [file.name, 'format' in file ? file.format : undefined])).toEqual([
      ['api', 'raw'],
      ['env', 'dotenv'],
      ['folder', 'json'],
      ['key', 'raw'],
      ['whole', 'json'],
    ]);
  });

  it('may have an interval of its own, which is that of no other', () => {
    const { injection } = read({ 'secret.code': 'vault:totp/code/a#code', 'poll.code': '25s' });
    expect(injection.files.map(({ name, pollMs }) => [name, pollMs])).toEqual([
      ['api', undefined],
      ['code', 25_000],
    ]);
    expect(injection.pollMs).toBe(60_000);
  });

  it('keeps its name, capitals and dots included', () => {
    expect(read({ 'secret.Model.ENV': 'vault:kv/a' }).injection.files[0]).toMatchObject({
      name: 'Model.ENV',
      path: 'Model.ENV',
    });
  });

  it.each([
    ['a name that the volume keeps for itself', { 'secret...data': 'vault:kv/a' }, ['secret...data']],
    ['a source of no store', { 'secret.a': 'kv/a' }, ['secret.a']],
    ['two contents', { 'template.api': 'x' }, ['template.api']],
    ['a format of a template', { 'template.a': 'x', 'format.a': 'raw' }, ['format.a']],
    ['a format that is none', { 'format.api': 'toml' }, ['format.api']],
    ['a template that cannot be parsed', { 'template.a': '{{' }, ['template.a']],
    ['a blank template', { 'template.a': '\n' }, ['template.a']],
    ['an interval that is none', { 'poll.api': 'often' }, ['poll.api']],
    ['an interval of no file', { 'poll.a': '10s' }, ['poll.a']],
  ])('is refused with %s', (_, more: Keys, keys) => {
    expect(keysOf(read(more))).toEqual(keys);
  });

  it('is needed, in the words of whoever asked', () => {
    expect(keysOf(parseAnnotations({ 'sidekey.dev/inject': 'true' }, SETTINGS))).toEqual(['secret.<file>']);
  });
});

const unfollowed = NATIVE.names
  .filter(({ verdict }) => verdict === 'denied')
  .map((name) => ({ ...name, key: name.key.replace('<file>', 'api') }));

it.each(unfollowed)('the key $key is not in this release, and something else holds', ({ key, doc }) => {
  const [problem, ...others] = read({ [key]: 'something else' }).problems;
  expect(others).toEqual([]);
  expect(problem?.key).toBe(`sidekey.dev/${key}`);
  expect(problem?.message).toContain(`is not in this release: ${doc}; expected `);
});

it.each(unfollowed.filter((name) => name.default !== undefined))(
  'the key $key passes where it says what holds anyway: $default',
  (name) => {
    expect(read({ [name.key]: name.default ?? '' })).toMatchObject({ problems: [], warnings: [] });
  },
);

it.each([
  ['role', 'vault-role'],
  ['identity', 'infisical-identity'],
  ['Poll', 'poll'],
  ['secrets.a', 'secret.a'],
  ['secret-a', 'secret.a'],
  ['fromat.api', 'format.api'],
  ['', 'cpu'],
])('the key %j is unknown, and %s is the nearest', (key, nearest) => {
  expect(read({ [key]: 'x' }).problems).toEqual([
    {
      key: `sidekey.dev/${key}`,
      message: expect.stringMatching(new RegExp(` sidekey\\.dev/${nearest}$`, 'u')) as string,
    },
  ]);
});

describe('what may be a secret where none belongs', () => {
  const CANARY = 'canary-5d20';
  const call = { 'reload.api': 'http:POST http://127.0.0.1:8000/reload' };

  it.each<Keys>([
    { ...call, 'reload-header.api': `Authorization: Bearer ${CANARY}` },
    { ...call, 'reload-header.api': `Authorization Bearer ${CANARY}` },
    { 'reload.api': `http:POST http://me:${CANARY}@127.0.0.1:8000/reload` },
    { 'reload.api': `http:POST http://elsewhere.example/reload?key=${CANARY}` },
    { 'vault-address': `https://me:${CANARY}@vault.example` },
    { 'vault-auth': 'approle', 'vault-auth-secret': `${CANARY}!` },
    { ...IDENTITY, 'infisical-client-secret': `${CANARY}!`, 'infisical-auth': 'universal' },
    { 'secret.api': CANARY },
    { 'secret.api': `${CANARY}/+==` },
  ])('is refused, and not quoted: %j', (keys) => {
    const { problems } = read(keys);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  it.each(['secret/data/ml', 'vault:', 'infisical:a', 'VAULT:a'])(
    'is not what looks like a path: %s',
    (text) => {
      expect(JSON.stringify(read({ 'secret.api': text }).problems)).toContain(text);
    },
  );
});
