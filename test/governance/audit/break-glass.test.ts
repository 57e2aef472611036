import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { answer, at, bobAuth, event, podAuth, read, report, rootAuth } from './logs.ts';

const breakGlass = (inputs: Parameters<typeof report>[0]) => report(inputs).of('breakGlass');

const hand = (subresource: string, more: JsonObject = {}): JsonObject =>
  event({
    verb: 'get',
    objectRef: { resource: 'pods', subresource, namespace: 'team-a', name: 'inference-1' },
    responseStatus: { code: 101 },
    ...more,
  });

const change = (group: string, resource: string, more: JsonObject = {}): JsonObject =>
  event({
    verb: 'patch',
    objectRef: { apiGroup: group, resource, name: 'it' },
    responseStatus: { code: 200 },
    ...more,
  });

const ADMISSION = 'admissionregistration.k8s.io';

describe('a hand in a running pod', () => {
  test.each([
    ['exec', 'exec'],
    ['attach', 'attach'],
    ['portforward', 'port-forward'],
    ['proxy', 'proxy'],
  ])('%s', (subresource, kind) => {
    expect(breakGlass({ api: [hand(subresource)] })).toMatchObject([
      { kind, outcome: 'done', user: 'alice', namespace: 'team-a', pod: 'inference-1', count: 1 },
    ]);
  });

  test('is an ephemeral container that was put into it, not one that was looked at', () => {
    const api = [
      hand('ephemeralcontainers', { verb: 'patch', responseStatus: { code: 200 } }),
      hand('ephemeralcontainers'),
    ];
    expect(breakGlass({ api })).toMatchObject([{ kind: 'ephemeral container', operation: 'patch' }]);
  });

  test('is the way round by the node', () => {
    const objectRef = { resource: 'nodes', subresource: 'proxy', name: 'gpu-1' };
    expect(breakGlass({ api: [hand('', { objectRef })] })).toMatchObject([
      { kind: 'node proxy', object: 'nodes/proxy gpu-1', pod: undefined },
    ]);
  });

  test('says which container, never which command', () => {
    const requestURI =
      '/api/v1/namespaces/team-a/pods/x/exec?command=echo&command=s3cret&container=model-server&stdin=true';
    const { rows } = report({ api: [hand('exec', { requestURI })] });
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'exec', container: 'model-server' }));
    expect(JSON.stringify(rows)).not.toContain('s3cret');
  });

  test('is told once, when it begins, though its end is in the log, too', () => {
    const started = hand('exec', { stage: 'ResponseStarted', time: at('12:00:00') });
    const ended = hand('exec', { time: at('12:30:00') });
    expect(breakGlass({ api: [started, ended] })).toMatchObject([{ first: at('12:00:00') }]);
    expect(breakGlass({ api: [started] })).toHaveLength(1);
    expect(breakGlass({ api: [ended] })).toHaveLength(1);
    expect(breakGlass({ api: [started, ended, hand('exec', { auditID: 'a-2' })] })).toHaveLength(2);
  });

  test('that failed is told as that; one that was refused is a denial', () => {
    expect(breakGlass({ api: [hand('exec', { responseStatus: { code: 500 } })] })).toMatchObject([
      { outcome: 'failed with 500' },
    ]);
    const { of } = report({ api: [hand('exec', { responseStatus: { code: 403 } })] });
    expect([of('breakGlass').length, of('denial').length]).toEqual([0, 1]);
  });
});

describe('a change of the rules', () => {
  test.each([
    ['policy', ADMISSION, 'validatingadmissionpolicies'],
    ['policy', ADMISSION, 'mutatingadmissionpolicies'],
    ['policy binding', ADMISSION, 'validatingadmissionpolicybindings'],
    ['webhook', ADMISSION, 'mutatingwebhookconfigurations'],
    ['policy', 'policies.kyverno.io', 'validatingpolicies'],
    ['policy exception', 'policies.kyverno.io', 'policyexceptions'],
    ['policy exception', 'kyverno.io', 'policyexceptions'],
    ['access', 'rbac.authorization.k8s.io', 'rolebindings'],
    ['quota', '', 'resourcequotas'],
    ['network policy', 'networking.k8s.io', 'networkpolicies'],
  ])('%s: %s/%s', (kind, group, resource) => {
    expect(breakGlass({ api: [change(group, resource)] })).toMatchObject([
      { kind, what: 'changed', object: `${resource} it`, user: 'alice' },
    ]);
  });

  test.each([
    ['create', 'made'],
    ['update', 'changed'],
    ['delete', 'deleted'],
    ['deletecollection', 'deleted'],
  ])('%s: it was %s', (verb, what) => {
    const resource = 'validatingadmissionpolicybindings';
    expect(breakGlass({ api: [change(ADMISSION, resource, { verb })] })).toMatchObject([{ what }]);
  });

  test('that changed nothing is none', () => {
    const written = change(ADMISSION, 'validatingadmissionpolicies', {
      responseObject: { metadata: { resourceVersion: '7' } },
    });
    const newer = { ...written, responseObject: { metadata: { resourceVersion: '8' } } };
    expect(breakGlass({ api: [written, written, newer] })).toHaveLength(2);
  });

  test.each<[string, JsonObject]>([
    [
      'a status that a controller wrote',
      change(ADMISSION, 'validatingadmissionpolicies', {
        objectRef: {
          apiGroup: ADMISSION,
          resource: 'validatingadmissionpolicies',
          subresource: 'status',
          name: 'it',
        },
      }),
    ],
    [
      'what the API server makes when it starts',
      change('rbac.authorization.k8s.io', 'clusterroles', { user: { username: 'system:apiserver' } }),
    ],
    [
      'roles that a controller puts together',
      change('rbac.authorization.k8s.io', 'clusterroles', {
        user: { username: 'system:serviceaccount:kube-system:clusterrole-aggregation-controller' },
      }),
    ],
    ['what was refused', change(ADMISSION, 'validatingadmissionpolicies', { responseStatus: { code: 409 } })],
    [
      'what was only tried',
      change(ADMISSION, 'validatingadmissionpolicies', { requestURI: '/x?dryRun=All' }),
    ],
    ['a look', change(ADMISSION, 'validatingadmissionpolicies', { verb: 'get' })],
    ['an Ingress', change('networking.k8s.io', 'ingresses')],
  ])('is not %s', (_, line) => {
    expect(breakGlass({ api: [line] })).toEqual([]);
  });
});

describe('at the store', () => {
  test('the root token is told with all that it did', () => {
    const store = [
      read(1, { auth: rootAuth }),
      read(1, { auth: rootAuth }),
      answer({ auth: rootAuth, request: { operation: 'update', path: 'sys/policies/acl/x' } }),
    ];
    expect(breakGlass({ store })).toMatchObject([
      { kind: 'root token', operation: 'read', path: 'secret/data/team-a/api-key', count: 2 },
      { kind: 'root token', operation: 'update', path: 'sys/policies/acl/x' },
    ]);
  });

  test('so is a read by somebody who is no pod', () => {
    expect(breakGlass({ store: [read(1, { auth: bobAuth })] })).toMatchObject([
      { kind: 'read from outside the pods', user: 'userpass-bob', from: '10.0.0.7' },
    ]);
  });

  test.each([
    'sys/policies/acl/team-a',
    'sys/policy/x',
    'sys/audit/file',
    'auth/jwt/role/team-a',
    'auth/userpass/users/eve',
    'auth/token/create',
    'auth/token/create-orphan',
    'identity/entity',
    'sys/generate-root/update',
    'sys/leases/revoke-prefix/x',
  ])('so is a change of its rules: %s', (path) => {
    const by = (auth: JsonObject): JsonObject => answer({ auth, request: { operation: 'update', path } });
    expect(breakGlass({ store: [by(bobAuth), by(podAuth('1'))] })).toMatchObject([
      { kind: 'store rules', user: 'userpass-bob', path },
      { kind: 'store rules', user: 'team-a/model-server', pod: 'inference-1', path },
    ]);
  });

  test.each<[string, JsonObject]>([
    ['a pod that reads', read(1)],
    ['a look at a role', answer({ auth: bobAuth, request: { path: 'auth/jwt/role/team-a' } })],
    ['a login', answer({ auth: bobAuth, request: { operation: 'update', path: 'auth/userpass/login/bob' } })],
    ['a renewal', answer({ request: { operation: 'update', path: 'auth/token/renew-self' } })],
    [
      'a change that was refused',
      answer({
        auth: bobAuth,
        request: { operation: 'update', path: 'sys/audit/file' },
        error: 'permission denied',
      }),
    ],
  ])('%s is none', (_, line) => {
    expect(breakGlass({ store: [line] })).toEqual([]);
  });
});

test('outside the time of the report nothing is told', () => {
  const window = { since: Date.parse(at('13:00:00')), until: Date.parse(at('14:00:00')) };
  const api = [hand('exec'), change(ADMISSION, 'validatingadmissionpolicies')];
  expect(breakGlass({ api, store: [read(1, { auth: rootAuth })], window })).toEqual([]);
});
