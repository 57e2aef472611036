import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#contract/json.ts';
import type { AdmissionInput } from '../../../governance/cel/admission.ts';
import { judge } from '../../../governance/cel/judge.ts';
import { resourceOf } from '../../../governance/cel/resource.ts';
import { policies } from '../../../governance/policy/policies.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import { CASES } from '../cases/all.ts';
import { NAMESPACES, SETTINGS } from '../cases/namespaces.ts';
import { inputOf } from '../engines/request.ts';

const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'model', namespace: 'team-a' } };

const request = (change: Partial<AdmissionInput> = {}): AdmissionInput => {
  const object = change.object ?? POD;
  return {
    operation: 'CREATE',
    resource: resourceOf(object),
    object,
    namespaceObject: { metadata: { name: 'team-a', annotations: { note: 'ours' } } },
    userInfo: { username: 'bob', groups: ['everyone'] },
    ...change,
  };
};

const policy = (change: Partial<Policy> = {}): Policy => ({
  name: 'example',
  title: '',
  reason: '',
  severity: 'low',
  controls: [],
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  conditions: [],
  variables: [],
  validations: [],
  auditAnnotations: [],
  examples: { good: { title: '', object: POD } },
  ...change,
});

const validation = (expression: string, messageExpression?: string) => ({
  expression,
  message: ' plain ',
  ...(messageExpression !== undefined && { messageExpression }),
});

const allowedOr = (expression: string): string =>
  judge(policy({ validations: [validation(expression)] }), request()).verdict;

describe('what a policy is about', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] } as const;

  test.each<[string, Partial<AdmissionInput>]>([
    ['another operation', { operation: 'UPDATE' }],
    ['another kind', { object: { ...POD, kind: 'Service' } }],
    ['the same name in another group', { object: { ...POD, apiVersion: 'example.com/v1' } }],
    ['another version', { object: { ...POD, apiVersion: 'v2' } }],
    ['a subresource', { resource: { ...resourceOf(POD), subresource: 'ephemeralcontainers' } }],
  ])('is not %s', (_, change) => {
    expect(judge(policy({ validations: [validation('false')] }), request(change))).toEqual({
      verdict: 'not-matched',
      auditAnnotations: {},
    });
  });

  test.each([
    ['of any version', { ...rule, apiVersions: ['*'] }, POD, undefined],
    ['of any group', { ...rule, apiGroups: ['*'], resources: ['deployments'] }, deployment, undefined],
    ['a subresource by name', { ...rule, resources: ['pods/log', 'pods/exec'] }, POD, 'exec'],
  ])('is an object %s', (_, matching, object, subresource) => {
    const resource = { ...resourceOf(object), ...(subresource !== undefined && { subresource }) };
    const judgement = judge(
      policy({ resources: [{ ...matching, apiVersions: ['*'] }], validations: [validation('false')] }),
      request({ object, resource }),
    );
    expect(judgement.verdict).toBe('denied');
  });

  test.each([
    ['all hold', ['true', 'true'], 'denied'],
    ['one does not hold', ['true', 'false'], 'not-matched'],
    ['one does not hold and another fails', ['object.spec.x', 'false'], 'not-matched'],
    ['one fails', ['true', 'object.spec.x'], 'denied'],
    ['one asks the namespace, which conditions do not see', ['namespaceObject == null'], 'denied'],
  ])('depends on its conditions: %s', (_, expressions, verdict) => {
    const conditions = expressions.map((expression, index) => ({ name: `c${index}`, expression }));
    expect(judge(policy({ conditions, validations: [validation('false')] }), request()).verdict).toBe(
      verdict,
    );
  });
});

describe('a denial', () => {
  test('is by the first validation that is not true, in its own words', () => {
    const validations = [validation('true'), validation('false', "'no ' + object.kind"), validation('false')];
    expect(judge(policy({ validations }), request())).toEqual({
      verdict: 'denied',
      message: 'no Pod',
      validationIndex: 1,
      auditAnnotations: {},
    });
  });

  test.each([
    ['there are none', undefined],
    ['they are empty', "'  '"],
    ['they are no text', 'dyn(1)'],
    ['they have two lines', String.raw`'a\nb'`],
    ['they are too long', `'${'x'.repeat(5121)}'`],
    ['they cannot be evaluated', 'object.spec.x'],
  ])('falls back on the plain message where %s', (_, words) => {
    const judgement = judge(policy({ validations: [validation('false', words)] }), request());
    expect(judgement.message).toBe('plain');
  });

  test('is what a policy says that cannot be evaluated and is to fail', () => {
    const validations = [validation('object.spec.x == 1')];
    expect(judge(policy({ validations }), request())).toEqual({
      verdict: 'denied',
      message: 'Cannot evaluate the policy for this object: No such key: spec',
      validationIndex: 0,
      auditAnnotations: {},
    });
  });

  test('is none where a policy cannot be evaluated and that is to be ignored', () => {
    const validations = [validation('object.spec.x == 1')];
    expect(judge(policy({ failurePolicy: 'Ignore', validations }), request())).toMatchObject({
      verdict: 'failed',
    });
  });
});

describe('what expressions see', () => {
  test.each([
    'object.metadata.name == "model" && oldObject == null',
    'namespaceObject.metadata.annotations.note == "ours"',
    'request.operation == "CREATE" && request.namespace == "team-a" && request.name == "model"',
    'request.userInfo.username == "bob" && "everyone" in request.userInfo.groups',
    'request.kind.kind == "Pod" && request.resource.resource == "pods" && !has(request.subResource)',
  ])('%s', (expression) => {
    expect(allowedOr(expression)).toBe('allowed');
  });

  test('is no namespace for an object of the cluster', () => {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };
    const { namespaceObject: _, ...bare } = request({ object });
    const resources = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['namespaces'] },
    ] as const;
    const validations = [validation('namespaceObject == null && !has(request.namespace)')];
    expect(judge(policy({ resources, validations }), bare).verdict).toBe('allowed');
  });

  test('is the old object alone when it is deleted', () => {
    const resources = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] },
    ] as const;
    const validations = [validation('object == null && oldObject.metadata.name == "model"')];
    expect(judge(policy({ resources, validations }), request({ operation: 'DELETE' })).verdict).toBe(
      'allowed',
    );
  });

  test('is a variable, computed when it is named and not before', () => {
    const variables = [
      { name: 'broken', expression: 'object.spec.x' },
      { name: 'name', expression: 'object.metadata.name' },
      { name: 'twice', expression: 'variables.name + variables.name' },
    ];
    const validations = [validation('variables.twice == "modelmodel"')];
    expect(judge(policy({ variables, validations }), request()).verdict).toBe('allowed');
  });

  test('is noted, unless there is nothing to note or it cannot be told', () => {
    const auditAnnotations = [
      { key: 'name', valueExpression: "' ' + object.metadata.name" },
      { key: 'empty', valueExpression: "' '" },
      { key: 'broken', valueExpression: 'object.spec.x' },
    ];
    expect(judge(policy({ auditAnnotations }), request()).auditAnnotations).toEqual({ name: 'model' });
  });
});

test('a policy that does not compile is an error, not a denial', () => {
  expect(() => judge(policy({ validations: [validation('objekt.spec')] }), request())).toThrow(
    /^Cannot compile objekt\.spec: /u,
  );
});

/** The object with a field less, or with nothing in it. */
function* gaps(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield without(value, key);
    yield replaced(value, key, null);
    for (const gap of gaps(inner)) yield replaced(value, key, gap);
  }
}

const replaced = (owner: object, key: string, value: Json): Json =>
  Array.isArray(owner) ? owner.with(Number(key), value) : { ...owner, [key]: value };

const without = (owner: object, key: string): Json =>
  Array.isArray(owner)
    ? owner.toSpliced(Number(key), 1)
    : Object.fromEntries(Object.entries(owner).filter(([name]) => name !== key));

const POLICIES = policies(SETTINGS);

/** Without these the API server does not take an object for one of its kind, or not at all. */
const NEEDED = /No such key: (?:kind|spec|name|mountPath|path|operator|key)$/u;

describe('a field that is missing', () => {
  const subjects = fc.record({
    one: fc.constantFrom(...CASES.filter(({ object }) => JSON.stringify(object).length < 4000)),
    namespaceObject: fc.constantFrom(...NAMESPACES),
    seed: fc.nat(),
  });

  test('is nothing that a policy stumbles over', () => {
    fc.assert(
      fc.property(subjects, ({ one, namespaceObject, seed }) => {
        const all = [...gaps(one.object)].filter((gap): gap is JsonObject => typeof gap === 'object');
        const object = all[seed % all.length] ?? one.object;
        const input = { ...inputOf(one), object, ...(inputOf(one).namespaceObject && { namespaceObject }) };
        const stumbled = POLICIES.map((subject) => judge(subject, input).message ?? '').filter(
          (message) => message.startsWith('Cannot evaluate') && !NEEDED.test(message),
        );
        expect(stumbled).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
