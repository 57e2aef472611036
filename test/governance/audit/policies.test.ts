import { describe, expect, test } from 'vitest';
import { type JsonObject, objectIn } from '#contract/json.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { renderPolicies, type RenderOptions } from '../../../governance/policy/render.ts';
import { DEFAULT_SETTINGS } from '../../../governance/policy/settings.ts';
import { report } from './logs.ts';

const NAMES = policies(DEFAULT_SETTINGS).map(({ name }) => name);

const rendered = (engine: RenderOptions['engine'], action: RenderOptions['action']): readonly JsonObject[] =>
  renderPolicies(DEFAULT_SETTINGS, { engine, action }).flatMap(({ objects }) => objects);

const inForce = (objects: readonly JsonObject[]) =>
  report({
    named: new Set(['policies']),
    documents: objects.map((object) => ({ file: 'policies.json', object })),
  }).of('policy');

const ENFORCED = rendered('vap', 'deny');

const nameOf = (object: JsonObject): unknown => objectIn(object, 'metadata')['name'];

/** The release, with one object as somebody left it. */
const changed = (
  kind: string,
  name: string,
  change: (spec: JsonObject) => JsonObject,
): readonly JsonObject[] =>
  ENFORCED.map((object) =>
    object['kind'] === kind && nameOf(object) === name
      ? { ...object, spec: change(objectIn(object, 'spec')) }
      : object,
  );

const POLICY = 'ValidatingAdmissionPolicy';
const BINDING = 'ValidatingAdmissionPolicyBinding';
const NAME = 'sidekey-gpu-resources';

const stateOf = (objects: readonly JsonObject[]): readonly unknown[] =>
  inForce(objects)
    .filter(({ name }) => name === NAME)
    .map(({ state }) => state);

describe('the policies of the release', () => {
  test.each(['deny', 'audit'] as const)(
    'are so in the API server, whatever they do about it: %s',
    (action) => {
      const rows = inForce(rendered('vap', action));
      expect(rows.filter(({ state }) => state !== 'as released')).toEqual([]);
      expect([...new Set(rows.map(({ name }) => name))]).toEqual(NAMES.toSorted());
    },
  );

  test.each(['deny', 'audit'] as const)('are so as Kyverno’s: %s', (action) => {
    const rows = inForce(rendered('kyverno', action));
    expect(rows.filter(({ state }) => state !== 'as released')).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(NAMES.length);
  });

  test('are told with their hash, what they do, and where', () => {
    const row = inForce(ENFORCED).find(({ binding }) => binding === NAME);
    expect(row).toMatchObject({
      kind: POLICY,
      action: 'Deny, Audit',
      scope:
        'kubernetes.io/metadata.name NotIn kube-system, gpu-operator, sidekey; sidekey.dev/enforcement NotIn audit',
      failurePolicy: 'Fail',
    });
    expect(row?.['hash']).toMatch(/^[0-9a-f]{64}$/u);
    expect([row?.['releaseHash'], row?.['declaredHash']]).toEqual([row?.['hash'], row?.['hash']]);
  });

  test('are the same with what the API server fills in', () => {
    const filled = (spec: JsonObject): JsonObject => {
      const constraints = objectIn(spec, 'matchConstraints');
      return {
        ...spec,
        matchConstraints: {
          ...constraints,
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          resourceRules: (constraints['resourceRules'] as JsonObject[]).map((rule) => ({
            ...rule,
            scope: '*',
          })),
        },
      };
    };
    const bound = (spec: JsonObject): JsonObject => ({
      ...spec,
      matchResources: { ...objectIn(spec, 'matchResources'), matchPolicy: 'Equivalent', objectSelector: {} },
    });
    expect(stateOf(changed(POLICY, NAME, filled))).toEqual(['as released', 'as released']);
    expect(stateOf(changed(BINDING, NAME, bound))).toEqual(['as released', 'as released']);
  });
});

describe('what somebody changed is told', () => {
  const EXPRESSIONS = 'changed: its expressions are not those of this release';
  const REACH = 'changed: it does not look at the same objects as in this release';
  const BOUND = 'changed: the binding is not the one of this release';
  const within =
    (field: string, value: JsonObject[string]) =>
    (spec: JsonObject): JsonObject => ({
      ...spec,
      matchConstraints: { ...objectIn(spec, 'matchConstraints'), [field]: value },
    });

  test.each<[string, (spec: JsonObject) => JsonObject, string]>([
    ['an expression', (spec) => ({ ...spec, validations: [{ expression: 'true' }] }), EXPRESSIONS],
    [
      'a condition',
      (spec) => ({ ...spec, matchConditions: [{ name: 'x', expression: 'false' }] }),
      EXPRESSIONS,
    ],
    ['what becomes of a fault', (spec) => ({ ...spec, failurePolicy: 'Ignore' }), EXPRESSIONS],
    ['objects that are left out', within('excludeResourceRules', [{ resources: ['pods'] }]), REACH],
    ['objects that are picked', within('objectSelector', { matchLabels: { a: 'b' } }), REACH],
    ['namespaces that are picked', within('namespaceSelector', { matchLabels: { a: 'b' } }), REACH],
    ['a parameter', (spec) => ({ ...spec, paramKind: { kind: 'ConfigMap', apiVersion: 'v1' } }), REACH],
  ])('of a policy: %s', (_, change, state) => {
    expect(stateOf(changed(POLICY, NAME, change))).toEqual([state, state]);
  });

  test.each<[string, (spec: JsonObject) => JsonObject]>([
    ['what it does', (spec) => ({ ...spec, validationActions: ['Audit'] })],
    ['where', (spec) => ({ ...spec, matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } })],
    [
      'objects that are left out',
      (spec) => ({
        ...spec,
        matchResources: {
          ...objectIn(spec, 'matchResources'),
          excludeResourceRules: [{ resources: ['pods'] }],
        },
      }),
    ],
  ])('of a binding: %s', (_, change) => {
    expect(new Set(stateOf(changed(BINDING, NAME, change)))).toEqual(new Set(['as released', BOUND]));
  });
});

describe('what is not there is told', () => {
  const without = (kind: string, name: string): readonly JsonObject[] =>
    ENFORCED.filter((object) => object['kind'] !== kind || nameOf(object) !== name);

  test('a policy', () => {
    expect(stateOf(without(POLICY, NAME))).toEqual(['missing']);
  });

  test('a binding', () => {
    expect(stateOf(without(BINDING, NAME))).toEqual(['as released', 'not in force: the binding is missing']);
  });

  test('everything, if nothing is there', () => {
    expect(inForce([]).map(({ name, state }) => [name, state])).toEqual(
      NAMES.toSorted().map((name) => [name, 'missing']),
    );
  });

  test('nothing, if nobody said what there is', () => {
    expect(report({}).of('policy')).toEqual([]);
  });
});

describe('what is not ours', () => {
  const foreign = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: POLICY,
    metadata: { name: 'theirs' },
    spec: {},
  };
  const rowOf = (...objects: JsonObject[]) => inForce(objects).filter(({ state }) => state !== 'missing');

  test('is told as that, with its bindings', () => {
    const binding = {
      ...foreign,
      kind: BINDING,
      spec: { policyName: 'theirs', validationActions: ['Warn'] },
    };
    expect(rowOf(foreign, binding)).toMatchObject([
      {
        name: 'theirs',
        state: 'not of this release',
        binding: 'theirs',
        action: 'Warn',
        scope: 'all namespaces',
      },
    ]);
    expect(rowOf(foreign)).toMatchObject([{ state: 'not in force: it has no binding' }]);
  });

  test('may be an exception of Kyverno, with its end', () => {
    const exception = {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'PolicyException',
      metadata: { namespace: 'exceptions', name: 'team-a' },
      spec: { policyRefs: [{ name: 'sidekey-injected' }], expiresAt: '2026-12-01T00:00:00Z' },
    };
    const old = { ...exception, apiVersion: 'kyverno.io/v2', spec: { exceptions: [{ policyName: 'x' }] } };
    expect(rowOf(exception, old)).toMatchObject([
      {
        name: 'exceptions/team-a',
        state: 'an exception',
        action: 'exempts from sidekey-injected',
        scope: 'until 2026-12-01T00:00:00Z',
      },
      { action: 'exempts from x', scope: 'until it is deleted' },
    ]);
  });

  test('may be a webhook', () => {
    const webhook = (failurePolicy: string): JsonObject => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: '00-sidekey' },
      webhooks: [{ name: '00.sidekey.dev', failurePolicy }],
    });
    expect([rowOf(webhook('Fail')), rowOf(webhook('Ignore'))].flat().map(({ state }) => state)).toEqual([
      'found',
      'found: what it does not see is let pass',
    ]);
  });
});
