import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { event, report } from './logs.ts';

const denials = (inputs: Parameters<typeof report>[0]) => report(inputs).of('denial');

const FAILURES = 'validation.policy.admission.k8s.io/validation_failure';

const failure = (policy: string, actions: readonly string[], message = 'no'): JsonObject => ({
  message,
  policy,
  binding: `${policy}-b`,
  expressionIndex: 0,
  validationActions: actions,
});

/** A pod that was refused. */
const refused = (message: string, more: JsonObject = {}): JsonObject =>
  event({ responseStatus: { code: 403, status: 'Failure', message }, ...more });

const byPolicy = (policy: string): string =>
  `pods "x" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}-b' denied request: no`;

describe('the API server refuses', () => {
  test('what a policy forbids: who, what, which policy and binding', () => {
    const api = [
      refused(byPolicy('sidekey-gpu-limits'), {
        annotations: { [FAILURES]: JSON.stringify([failure('sidekey-gpu-limits', ['Deny', 'Audit'])]) },
      }),
    ];
    expect(denials({ api })).toMatchObject([
      {
        kind: 'policy',
        outcome: 'denied',
        user: 'alice',
        namespace: 'team-a',
        from: '10.0.0.9',
        operation: 'create',
        object: 'pods inference-1',
        policy: 'sidekey-gpu-limits',
        binding: 'sidekey-gpu-limits-b',
        source: 'api.log:1',
      },
    ]);
  });

  test('what a policy forbids that does not audit', () => {
    expect(denials({ api: [refused(byPolicy('other'))] })).toMatchObject([
      { policy: 'other', binding: 'other-b' },
    ]);
  });

  test('what several policies forbid; one that only audits would not have', () => {
    const list = [failure('one', ['Deny', 'Audit']), failure('two', ['Warn', 'Audit'])];
    const api = [refused(byPolicy('one'), { annotations: { [FAILURES]: JSON.stringify(list) } })];
    expect(denials({ api }).map(({ policy, outcome }) => [policy, outcome])).toEqual([
      ['one', 'denied'],
      ['two', 'let pass by this policy, which only audits'],
    ]);
  });

  test('nothing where policies only audit, but it is told', () => {
    const annotations = { [FAILURES]: JSON.stringify([failure('two', ['Warn', 'Audit'])]) };
    expect(denials({ api: [event({ annotations })] })).toMatchObject([
      { policy: 'two', outcome: 'let pass by this policy, which only audits' },
    ]);
  });

  test.each<[string, string, object]>([
    [
      'what the injector does',
      'admission webhook "00.sidekey.dev" denied the request: x',
      { kind: 'injector', policy: '00.sidekey.dev' },
    ],
    [
      'what another webhook does',
      'admission webhook "v.example.com" denied the request: x',
      { kind: 'webhook', policy: 'v.example.com' },
    ],
    [
      'what Kyverno does',
      'admission webhook "vpol.validate.kyverno.svc-fail" denied the request: Policy sidekey-injected failed: x',
      { kind: 'policy', policy: 'sidekey-injected', binding: 'vpol.validate.kyverno.svc-fail' },
    ],
    [
      'what waits for an injector',
      'Internal error occurred: failed calling webhook "zz.sidekey.dev": timeout',
      { kind: 'injector', reason: 'the webhook did not answer' },
    ],
    [
      'what is beyond a quota',
      'pods "x" is forbidden: exceeded quota: q, requested: requests.nvidia.com/gpu=1',
      { kind: 'quota' },
    ],
    [
      'what a quota cannot count',
      'pods "x" is forbidden: failed quota: q: must specify limits.cpu',
      { kind: 'quota' },
    ],
    [
      'what is not safe',
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": …',
      { kind: 'pod security', reason: 'it is not restricted' },
    ],
    ['what something else does', 'pods "x" is forbidden: no', { kind: 'admission' }],
  ])('%s', (_, message, cells) => {
    expect(denials({ api: [refused(message)] })).toMatchObject([{ outcome: 'denied', ...cells }]);
  });

  test('whom no role allows it', () => {
    const annotations = { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' };
    const impersonatedUser = { username: 'eve' };
    expect(denials({ api: [refused('x', { annotations, impersonatedUser })] })).toMatchObject([
      { kind: 'access', user: 'eve, by way of alice' },
    ]);
  });

  test('what is only tried, and it is told so', () => {
    const requestURI = '/api/v1/namespaces/team-a/pods?dryRun=All';
    expect(denials({ api: [refused(byPolicy('one'), { requestURI })] })).toMatchObject([
      { outcome: 'denied, but only tried' },
    ]);
  });

  test('nothing that it cannot find or that is in the way of another', () => {
    const conflict = event({ responseStatus: { code: 409, message: 'pods "x" already exists' } });
    expect(denials({ api: [conflict, event({ responseStatus: { code: 404 } })] })).toEqual([]);
  });

  test('a generated name, which is told as such', () => {
    const api = [
      refused('no', {
        objectRef: { resource: 'pods', namespace: 'team-a' },
        requestObject: { metadata: { generateName: 'inference-7f9-' } },
      }),
    ];
    expect(denials({ api })).toMatchObject([{ object: 'pods inference-7f9-*' }]);
  });

  test('what is no resource', () => {
    const annotations = { 'authorization.k8s.io/decision': 'forbid' };
    const line = refused('no', { annotations, objectRef: {}, verb: 'get', requestURI: '/metrics?x=1' });
    expect(denials({ api: [line] })).toMatchObject([
      { kind: 'access', operation: 'get', object: '/metrics' },
    ]);
  });

  test('what carries notes of the audit trail', () => {
    const annotations = {
      'sidekey-audit-trail/secret-paths': 'secret/data/team-b/x',
      'sidekey-audit-trail/vault-role': 'team-b',
    };
    expect(denials({ api: [refused('no', { annotations })] })).toMatchObject([
      { path: 'secret/data/team-b/x', role: 'team-b' },
    ]);
  });
});
