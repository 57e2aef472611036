import { describe, expect, test } from 'vitest';
import { readNamespace } from '../../../../agent/sync/decide/namespace.ts';
import { type ReadRequest, readRequest } from '../../../../agent/sync/decide/request.ts';

const BOUND = { 'sidekey.dev/infisical': 'ml/prod/registry', 'sidekey.dev/vault-paths': 'secret/data/ml' };

const request = (
  annotations: Readonly<Record<string, string>>,
  namespace: Readonly<Record<string, string>> = BOUND,
): ReadRequest =>
  readRequest({ 'infisical.com/secret-sync': 'true', ...annotations }, readNamespace(namespace));

const messages = (read: ReadRequest): string => read.problems.map(({ message }) => message).join('\n');

describe('where the values of a Secret come from', () => {
  test('is the one folder that its namespace is bound to, if it says nothing', () => {
    expect(request({}).request?.source).toEqual({
      store: 'infisical',
      project: 'ml',
      environment: 'prod',
      folder: '/registry',
    });
  });

  test.each([
    ['infisical:ml/prod/registry', { folder: '/registry' }],
    ['infisical:ml/prod/registry/eu#TOKEN', { folder: '/registry/eu', key: 'TOKEN' }],
    ['vault:secret/data/ml/api-key#key', { path: 'secret/data/ml/api-key', key: 'key' }],
    ['vault:secret/data/ml', { path: 'secret/data/ml' }],
  ])('is what it names, below what its namespace is bound to: %s', (source, expected) => {
    expect(request({ 'sidekey.dev/source': source }).request?.source).toMatchObject(expected);
  });

  test.each([
    'infisical:ml/prod',
    'infisical:ml/prod/registry-of-others',
    'infisical:ml/dev/registry',
    'infisical:other/prod/registry',
    'vault:secret/data/mlops/key',
    'vault:secret/data',
    'vault:secret/data/team-b/key#k',
  ])('is never what its namespace is not bound to: %s', (source) => {
    const read = request({ 'sidekey.dev/source': source });
    expect(read.request).toBeUndefined();
    expect(read.problems).toMatchObject([{ reason: 'unbound' }]);
    expect(messages(read)).toContain(source);
    expect(messages(read)).toContain('infisical:ml/prod/registry, vault:secret/data/ml');
  });

  test('has to be named where the namespace is bound to several folders, or to none', () => {
    expect(messages(request({}, { 'sidekey.dev/infisical': 'ml/prod/a, ml/prod/b' }))).toContain('say which');
    expect(messages(request({}, {}))).toContain('sidekey.dev/source');
    expect(request({ 'sidekey.dev/source': 'infisical:ml/prod/a' }, {}).problems).toMatchObject([
      { reason: 'unbound' },
    ]);
  });

  test.each(['', 'infisical:ml', 'infisical:ml/prod/..', 'vault:', 'aws:x', 'infisical:ml/prod/a"b'])(
    'is refused with the form that is expected: %j',
    (source) => {
      const read = request({ 'sidekey.dev/source': source });
      expect(read.problems).toMatchObject([{ reason: 'invalid_annotation' }]);
      expect(messages(read)).toContain('vault:<path>');
    },
  );
});

describe('the keys of a Secret', () => {
  test('are all of the source, unless some are named', () => {
    expect(request({}).request?.keys).toBeUndefined();
    expect(request({ 'sidekey.dev/keys': 'token=MODEL_TOKEN, ca.crt' }).request?.keys).toEqual(
      new Map([
        ['token', 'MODEL_TOKEN'],
        ['ca.crt', 'ca.crt'],
      ]),
    );
  });

  test.each(['', 'a b', 'a,a', 'a=', '=b', '..', 'a/b'])('are refused if they cannot be: %j', (keys) => {
    expect(request({ 'sidekey.dev/keys': keys }).problems).toMatchObject([{ reason: 'invalid_annotation' }]);
  });

  test('may be rendered from templates, alone or beside a source', () => {
    const annotations = { 'sidekey.dev/template.config.json': '{{ "x" }}' };
    expect(request(annotations).request).toMatchObject({ templates: new Map([['config.json', {}]]) });
    expect(request(annotations).request?.source).toBeUndefined();
    expect(request(annotations, {}).problems).toEqual([]);
    expect(request({ ...annotations, 'sidekey.dev/keys': 'token' }).request?.source).toBeDefined();
  });

  test('are refused with the place where a template is wrong', () => {
    const read = request({ 'sidekey.dev/template.a': '{{ if }}' });
    expect(messages(read)).toMatch(/^sidekey\.dev\/template\.a .*line 1/u);
  });
});

test('every problem is told, those of the namespace too', () => {
  const read = readRequest(
    {
      'infisical.com/secret-sync': 'yes',
      'sidekey.dev/source': 'nowhere',
      'sidekey.dev/keys': 'a b',
      'sidekey.dev/template.x': '{{',
    },
    readNamespace({ 'sidekey.dev/infisical': 'ml', 'sidekey.dev/vault-paths': '../x' }),
  );
  expect(read.problems).toHaveLength(6);
  expect(messages(read)).toContain('is "yes"; expected "true" or "false"');
});

test('a namespace whose binding cannot be read is bound to nothing', () => {
  const { binding } = readNamespace({ 'sidekey.dev/infisical': 'ml/prod,broken' });
  expect(binding.infisical).toEqual([]);
});

test.each(['sidekey.dev/kyes', 'sidekey.dev/infisical', 'sidekey.dev/templates.a'])(
  'an annotation that means nothing is told, rather than passed by: %s',
  (key) => {
    const read = request({ [key]: 'token' });
    expect(read.request).toBeUndefined();
    expect(messages(read)).toContain(`${key} means nothing on a Secret`);
  },
);
