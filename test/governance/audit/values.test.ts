import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { event, report } from './logs.ts';

const breakGlass = (...api: readonly JsonObject[]) => report({ api }).of('breakGlass');

const namespace = (labels: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  kind: 'Namespace',
  metadata: { name: 'team-a', labels, annotations },
});

const written = (verb: string, after: JsonObject, more: JsonObject = {}): JsonObject =>
  event({
    verb,
    objectRef: { resource: 'namespaces', name: 'team-a', namespace: 'team-a' },
    responseStatus: { code: 200 },
    responseObject: after,
    ...more,
  });

const BEFORE = namespace(
  { 'sidekey.dev/tenant': 'team-a', app: 'x' },
  { 'sidekey.dev/vault-roles': 'team-a' },
);
const made = written('create', BEFORE);

describe('what a namespace may have', () => {
  test('is told when it is given', () => {
    expect(breakGlass(made)).toMatchObject([
      { kind: 'tenancy', object: 'namespaces team-a', what: 'sidekey.dev/tenant, sidekey.dev/vault-roles' },
    ]);
  });

  test.each<[string, JsonObject, string]>([
    [
      'an annotation',
      namespace({ 'sidekey.dev/tenant': 'team-a' }, { 'sidekey.dev/vault-roles': 'team-b' }),
      'sidekey.dev/vault-roles',
    ],
    [
      'a label',
      namespace({ 'sidekey.dev/tenant': 'team-b' }, { 'sidekey.dev/vault-roles': 'team-a' }),
      'sidekey.dev/tenant',
    ],
    ['what is taken away', namespace({ 'sidekey.dev/tenant': 'team-a' }), 'sidekey.dev/vault-roles'],
    [
      'what is safe enough',
      namespace(
        { 'sidekey.dev/tenant': 'team-a', 'pod-security.kubernetes.io/enforce': 'privileged' },
        { 'sidekey.dev/vault-roles': 'team-a' },
      ),
      'pod-security.kubernetes.io/enforce',
    ],
    [
      'admin access to devices',
      namespace(
        { 'sidekey.dev/tenant': 'team-a', 'resource.kubernetes.io/admin-access': 'true' },
        { 'sidekey.dev/vault-roles': 'team-a' },
      ),
      'resource.kubernetes.io/admin-access',
    ],
  ])('is told when it changes: %s', (_, after, what) => {
    expect(breakGlass(made, written('update', after))[1]).toMatchObject({ kind: 'tenancy', what });
  });

  test('is not told again when something else changes', () => {
    const after = namespace(
      { 'sidekey.dev/tenant': 'team-a', app: 'y' },
      { 'sidekey.dev/vault-roles': 'team-a' },
    );
    expect(breakGlass(made, written('patch', after))).toHaveLength(1);
  });

  test('is what a patch says, where what there was before is not in the log', () => {
    const merge = {
      requestObject: { metadata: { annotations: { 'sidekey.dev/vault-roles': 'x', other: 'y' } } },
    };
    const jsonPatch = {
      requestObject: [{ op: 'add', path: '/metadata/labels/sidekey.dev~1tenant', value: 'x' }],
    };
    expect(breakGlass(written('patch', BEFORE, merge))).toMatchObject([{ what: 'sidekey.dev/vault-roles' }]);
    expect(breakGlass(written('patch', BEFORE, jsonPatch))).toMatchObject([{ what: 'sidekey.dev/tenant' }]);
    expect(
      breakGlass(written('patch', BEFORE, { requestObject: { metadata: { labels: { app: 'z' } } } })),
    ).toEqual([]);
  });

  test('may have changed, where the log does not say', () => {
    expect(breakGlass(written('update', BEFORE))).toMatchObject([
      { what: expect.stringContaining('perhaps') },
    ]);
    expect(breakGlass(written('update', {}))).toMatchObject([{ what: expect.stringContaining('perhaps') }]);
    expect(breakGlass(written('update', namespace({ app: 'x' })))).toEqual([]);
  });

  test('goes with the namespace', () => {
    expect(breakGlass(written('delete', BEFORE))).toMatchObject([{ what: 'the namespace was deleted' }]);
    expect(breakGlass(written('delete', namespace({ app: 'x' })))).toEqual([]);
  });
});

describe('values of Secrets', () => {
  const secret = (verb: string, more: JsonObject = {}): JsonObject =>
    event({
      verb,
      objectRef: { resource: 'secrets', namespace: 'team-a', name: 'api-key' },
      responseStatus: { code: 200 },
      ...more,
    });

  test.each(['get', 'list', 'watch'])('are told when a person takes them: %s', (verb) => {
    expect(breakGlass(secret(verb), secret(verb))).toMatchObject([
      { kind: 'read of a Secret', user: 'alice', operation: verb, object: 'secrets api-key', count: 2 },
    ]);
  });

  test.each([
    'system:node:gpu-1',
    'system:serviceaccount:sidekey:sidekey-sync',
    'system:kube-controller-manager',
  ])('are not told when the cluster itself does: %s', (username) => {
    expect(breakGlass(secret('get', { user: { username } }))).toEqual([]);
  });

  test.each(['system:admin', 'system:anonymous'])('are told of %s, who is no machine', (username) => {
    expect(breakGlass(secret('get', { user: { username } }))).toHaveLength(1);
  });

  test('are left to others where the sync is switched off', () => {
    const requestObject = { metadata: { annotations: { 'infisical.com/secret-sync': 'false' } } };
    expect(breakGlass(secret('patch', { requestObject }))).toMatchObject([{ kind: 'sync switched off' }]);
    const on = { metadata: { annotations: { 'infisical.com/secret-sync': 'true' } } };
    expect(breakGlass(secret('patch', { requestObject: on }))).toEqual([]);
  });

  test('are left to others where the cluster says that the sync is off', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        namespace: 'team-a',
        name: 'api-key',
        annotations: { 'infisical.com/secret-sync': 'false' },
      },
      data: { token: 'dmFsdWU=' },
    };
    const { of } = report({ documents: [{ file: 'objects.json', object }] });
    expect(of('breakGlass')).toMatchObject([
      { kind: 'sync switched off', namespace: 'team-a', object: 'secrets api-key', source: 'objects.json' },
    ]);
  });
});

test('a token of a service account that a person makes is told: it opens the store as the pods would', () => {
  const token = event({
    objectRef: {
      resource: 'serviceaccounts',
      subresource: 'token',
      namespace: 'team-a',
      name: 'model-server',
    },
  });
  const kubelet = { ...token, user: { username: 'system:node:gpu-1' } };
  expect(breakGlass(token, kubelet)).toMatchObject([
    { kind: 'service account token', user: 'alice', object: 'serviceaccounts/token model-server' },
  ]);
});
