import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { describeCall, type KubernetesCall } from '#platform/kubernetes/call.ts';
import type { KubernetesError } from '#platform/kubernetes/errors.ts';
import { refusalError } from '#platform/kubernetes/refusal.ts';
import { containing } from '../../agent/provider/vault/fixtures.ts';
import { status } from './scripted-api.ts';

const APPLY: KubernetesCall = { method: 'PATCH', path: '/api/v1/namespaces/ml/secrets/model-registry' };

const refusal = (code: number, body?: JsonObject, call = APPLY): KubernetesError =>
  refusalError(call, { status: code, body, retryAfterMs: undefined });

describe('what a call does is told in the API server’s terms', () => {
  test.each<[KubernetesCall, string]>([
    [{ method: 'GET', path: '/api/v1/secrets' }, 'list secrets'],
    [{ method: 'GET', path: '/api/v1/secrets', query: { watch: 'true' } }, 'watch secrets'],
    [{ method: 'GET', path: '/api/v1/namespaces/ml/secrets' }, 'list secrets in ml'],
    [{ method: 'GET', path: '/api/v1/namespaces' }, 'list namespaces'],
    [{ method: 'GET', path: '/api/v1/namespaces/ml' }, 'get namespaces ml'],
    [{ method: 'PATCH', path: '/api/v1/namespaces/ml/pods/a/status' }, 'patch pods/status a in ml'],
    [{ method: 'POST', path: '/api/v1/namespaces/ml/events' }, 'create events in ml'],
    [
      { method: 'PUT', path: '/apis/coordination.k8s.io/v1/namespaces/ml/leases/sync' },
      'update leases sync in ml',
    ],
    [{ method: 'DELETE', path: '/apis/example.com/v1/widgets/a' }, 'delete widgets a'],
    [{ method: 'GET', path: '/version' }, 'GET /version'],
  ])('%o', (call, words) => {
    expect(describeCall(call)).toBe(words);
  });
});

describe('every status has its reason', () => {
  test.each([
    [302, 'invalid_response', false],
    [400, 'invalid', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [405, 'invalid', false],
    [408, 'timeout', true],
    [409, 'conflict', false],
    [410, 'gone', false],
    [415, 'invalid', false],
    [422, 'invalid', false],
    [429, 'rate_limited', true],
    [500, 'server_error', true],
    [503, 'server_error', true],
    [504, 'server_error', true],
  ] as const)('%i is %s; it passes by itself: %s', (code, reason, transient) => {
    expect(refusal(code)).toMatchObject({ reason, transient, status: code });
    expect(refusal(code).message).toMatch(
      new RegExp(`^Cannot patch secrets model-registry in ml: .+ \\(${code}\\)$`, 'u'),
    );
  });
});

test('a server that does not know the version yet wants to be asked for a list', () => {
  const body = status(504, 'Timeout', {
    message: 'Too large resource version: 99, current: 7',
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
  expect(refusal(504, body)).toMatchObject({ reason: 'gone', retryAfterMs: 1000 });
});

describe('what a conflict is about', () => {
  test('an object that is there', () => {
    expect(refusal(409, status(409, 'AlreadyExists'))).toMatchObject({ conflict: 'exists' });
  });

  test('an object that has changed', () => {
    expect(refusal(409, status(409, 'Conflict'))).toMatchObject({ conflict: 'changed', fields: [] });
  });

  test('an object that was made anew under the name of another, which the server calls invalid', () => {
    const cause = { reason: 'FieldValueInvalid', message: 'field is immutable', field: 'metadata.uid' };
    const body = status(422, 'Invalid', { causes: [cause, cause] });
    expect(refusal(422, body)).toMatchObject({ reason: 'conflict', conflict: 'changed', status: 422 });
  });

  test('a field of another manager', () => {
    const body = status(409, 'Conflict', {
      causes: [
        { reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.token' },
        { reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.key' },
      ],
    });
    expect(refusal(409, body)).toMatchObject({
      conflict: 'owned',
      fields: ['.data.token', '.data.key'],
      message: containing('another field manager owns a field of it'),
    });
  });
});

describe('who may not do what is told', () => {
  const say = (message: string, call = APPLY): string =>
    refusal(403, status(403, 'Forbidden', { message }), call).message;

  test('by RBAC, with the account and what to grant', () => {
    expect(
      say(
        'secrets "model-registry" is forbidden: User "system:serviceaccount:sidekey:sync" cannot patch resource "secrets" in API group "" in the namespace "ml"',
      ),
    ).toBe(
      'Cannot patch secrets model-registry in ml: system:serviceaccount:sidekey:sync may not; grant it the verb "patch" on "secrets" (403)',
    );
  });

  test('of a group', () => {
    const call: KubernetesCall = { method: 'GET', path: '/apis/apps/v1/deployments' };
    expect(say('deployments.apps is forbidden: User "jane" cannot list resource', call)).toBe(
      'Cannot list deployments: jane may not; grant it the verb "list" on "deployments" of apps (403)',
    );
  });

  test('by a policy', () => {
    expect(
      say(
        `secrets "model-registry" is forbidden: ValidatingAdmissionPolicy 'sidekey-sync' with binding 'sidekey-sync' denied request: c2VjcmV0 is no`,
      ),
    ).toBe(
      'Cannot patch secrets model-registry in ml: the ValidatingAdmissionPolicy sidekey-sync denies it (403)',
    );
  });

  test('by a webhook', () => {
    expect(say('admission webhook "validate.kyverno.svc" denied the request: c2VjcmV0 is no')).toContain(
      'the admission webhook validate.kyverno.svc denies it',
    );
  });

  test('by a quota', () => {
    expect(
      say('secrets "a" is forbidden: exceeded quota: small, requested: secrets=1, used: secrets=9'),
    ).toContain('the ResourceQuota small is used up');
  });

  test('in a namespace that ends', () => {
    const message =
      'events "a" is forbidden: unable to create new content in namespace ml because it is being terminated';
    expect(say(message)).toContain('the namespace ml is being deleted');
  });

  test('by something unknown', () => {
    expect(say('no')).toContain('the API server forbids it; grant it the verb "patch" on "secrets"');
  });
});

test.each([400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 504])(
  'what the server quotes in a refusal of status %i is not told',
  (code) => {
    const canary = 'canary-4f9d1c7e';
    const body = status(code, 'Invalid', {
      message: `Secret "a" is invalid: data[token]: Invalid value: "${canary}" User "${canary} x" cannot`,
      name: canary,
      causes: [
        { reason: 'FieldValueInvalid', message: `Invalid value: "${canary}"`, field: 'data[token]' },
        { reason: 'FieldValueInvalid', message: canary, field: `data["${canary}"] = 1` },
      ],
    });
    const error = refusal(code, body);
    expect(JSON.stringify([error.message, error, error.cause ?? ''])).not.toContain(canary);
    expect(error.fields).toEqual(['data[token]']);
  },
);

test('the fields of an invalid object are named', () => {
  const causes = [{ reason: 'FieldValueInvalid', message: 'Invalid value', field: 'data[a b]' }];
  const named = [{ reason: 'FieldValueRequired', message: 'Required', field: 'metadata.name' }];
  expect(refusal(422, status(422, 'Invalid', { causes: [...causes, ...named] })).message).toBe(
    'Cannot patch secrets model-registry in ml: the API server refuses the request as invalid: metadata.name (422)',
  );
});
