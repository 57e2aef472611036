import { describe, expect, test } from 'vitest';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { hashInForce, policyHash, POLICY_HASH_KEY } from '../../../governance/policy/hash.ts';
import { kyvernoPolicies } from '../../../governance/policy/kyverno.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { renderPolicies } from '../../../governance/policy/render.ts';
import { DEFAULT_SETTINGS } from '../../../governance/policy/settings.ts';
import { validatingAdmissionPolicy } from '../../../governance/policy/validating-admission-policy.ts';

const ALL = policies(DEFAULT_SETTINGS);
const NAMED = ALL.map((policy) => [policy.name, policy] as const);
const ORDINARY = NAMED.filter(
  ([, { scope, validations }]) => scope === 'namespaced' && validations.length > 0,
);

const spec = (object: JsonObject): JsonObject => objectIn(object, 'spec');
const nameOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'name');
const actionsOf = (object: JsonObject): unknown => spec(object)['validationActions'];
const bindingsOf = (name: string, action: 'deny' | 'audit' = 'deny') =>
  renderPolicies(DEFAULT_SETTINGS, { engine: 'vap', action })
    .find(({ path }) => path === `${name}.yaml`)
    ?.objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding') ?? [];

const EXEMPT = {
  key: 'kubernetes.io/metadata.name',
  operator: 'NotIn',
  values: ['kube-system', 'gpu-operator', 'sidekey'],
};
const AUDITED = { key: 'sidekey.dev/enforcement', operator: 'In', values: ['audit'] };
const ENFORCED = { ...AUDITED, operator: 'NotIn' };
const where = (...matchExpressions: readonly object[]): object => ({
  namespaceSelector: { matchExpressions },
});

describe('bindings', () => {
  test.each(ORDINARY)('of %s refuse, and tell in namespaces that are only audited', (name) => {
    const bindings = bindingsOf(name);
    expect(bindings.map(nameOf)).toEqual([name, `${name}-audit`]);
    expect(bindings.map(actionsOf)).toEqual([
      ['Deny', 'Audit'],
      ['Warn', 'Audit'],
    ]);
    expect(bindings.map((binding) => spec(binding)['matchResources'])).toEqual([
      where(EXEMPT, ENFORCED),
      where(EXEMPT, AUDITED),
    ]);
  });

  test.each(ORDINARY)('of %s have the same names at the time of roll-out, and refuse nothing', (name) => {
    const bindings = bindingsOf(name, 'audit');
    expect(bindings.map(nameOf)).toEqual([name, `${name}-audit`]);
    expect(bindings.map(actionsOf)).toEqual([
      ['Warn', 'Audit'],
      ['Warn', 'Audit'],
    ]);
  });

  test('of the guard hold for every namespace, whatever it says of itself', () => {
    expect(bindingsOf('sidekey-tenancy-guard').map(spec)).toEqual([
      { policyName: 'sidekey-tenancy-guard', validationActions: ['Deny', 'Audit'] },
    ]);
  });

  test('of the audit trail only note', () => {
    expect(bindingsOf('sidekey-audit-trail').map(actionsOf)).toEqual([['Audit']]);
  });

  test('leave nothing out where no namespace is exempt', () => {
    const none = { ...DEFAULT_SETTINGS, exemptNamespaces: [] };
    const [, binding] = ALL.slice(0, 1).flatMap((policy) => validatingAdmissionPolicy(policy, none));
    expect(spec(binding ?? {})['matchResources']).toEqual(where(ENFORCED));
  });

  test.each(NAMED)('of %s never ask for the label of a tenant, which may get lost', (name) => {
    expect(JSON.stringify(bindingsOf(name))).not.toContain('sidekey.dev/tenant');
  });
});

describe('reports of Kyverno', () => {
  test.each(NAMED)(
    'of %s refuse nothing, wait for nothing, and leave templates to the expressions',
    (_, policy) => {
      const [report, ...others] = kyvernoPolicies(policy, DEFAULT_SETTINGS, 'report');
      expect(others).toEqual([]);
      expect(spec(report ?? {})).toMatchObject({
        validationActions: ['Audit'],
        failurePolicy: 'Ignore',
        autogen: { podControllers: { controllers: [] } },
        evaluation: { admission: { enabled: true }, background: { enabled: !policy.readsUser } },
      });
    },
  );
});

describe('policies of Kyverno that refuse', () => {
  test.each(ORDINARY)('%s refuses, and tells in namespaces that are only audited', (name, policy) => {
    const rendered = kyvernoPolicies(policy, DEFAULT_SETTINGS, 'enforce');
    expect(rendered.map(nameOf)).toEqual([name, `${name}-audit`]);
    expect(rendered.map(actionsOf)).toEqual([['Deny'], ['Warn', 'Audit']]);
    expect(rendered.map((object) => spec(object)['failurePolicy'])).toEqual(['Fail', 'Ignore']);
    const selectors = rendered.map((object) => objectIn(spec(object), 'matchConstraints'));
    expect(selectors).toMatchObject([where(EXEMPT, ENFORCED), where(EXEMPT, AUDITED)]);
  });
});

describe('the hash of a policy', () => {
  const [first, second] = ALL;
  if (first === undefined || second === undefined) throw new Error('There are too few policies');
  const rendered = validatingAdmissionPolicy(first, DEFAULT_SETTINGS)[0] ?? {};

  test.each(NAMED)('of %s is that of its objects, and its own', (_, policy) => {
    const hash = policyHash(policy);
    const [object = {}] = validatingAdmissionPolicy(policy, DEFAULT_SETTINGS);
    expect(hashInForce(object)).toBe(hash);
    expect(objectIn(objectIn(object, 'metadata'), 'annotations')).toMatchObject({ [POLICY_HASH_KEY]: hash });
    const others = ALL.filter((one) => one !== policy).map(policyHash);
    expect(others).not.toContain(hash);
  });

  test.each(NAMED)('of %s stands in what Kyverno is given', (_, policy) => {
    for (const object of kyvernoPolicies(policy, DEFAULT_SETTINGS, 'enforce'))
      expect(objectIn(objectIn(object, 'metadata'), 'annotations')).toMatchObject({
        [POLICY_HASH_KEY]: hashInForce(object),
      });
  });

  test('takes no notice of what the API server fills in, nor of what people are told', () => {
    const rules = listIn(objectIn(spec(rendered), 'matchConstraints'), 'resourceRules');
    const filled = {
      ...rendered,
      metadata: { uid: 'x', resourceVersion: '7' },
      spec: {
        ...spec(rendered),
        matchConstraints: {
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          resourceRules: rules.map((rule) => ({ ...rule, scope: '*' })),
        },
        validations: listIn(spec(rendered), 'validations').map(({ expression = '' }) => ({
          expression,
          message: 'x',
        })),
      },
    };
    expect(hashInForce(filled)).toBe(hashInForce(rendered));
  });

  test.each([
    ['a condition', { conditions: [] }],
    ['a variable', { variables: first.variables.slice(1) }],
    ['a validation', { validations: [{ expression: 'true', message: '' }] }],
    ['what it looks at', { resources: second.resources.slice(1) }],
    ['what becomes of a failure', { failurePolicy: 'Ignore' }],
  ] as const)('is another with %s changed', (_, change) => {
    expect(policyHash({ ...first, ...change })).not.toBe(policyHash(first));
  });

  test('is another with an operation less', () => {
    const [rule, ...rest] = first.resources;
    if (rule === undefined) throw new Error('There is no rule');
    const less = { ...first, resources: [{ ...rule, operations: [] }, ...rest] };
    expect(policyHash(less)).not.toBe(policyHash(first));
  });
});

test('rendering twice gives the same, in an order of its own', () => {
  const options = { engine: 'vap', action: 'deny' } as const;
  const [one, other] = [1, 2].map(() => JSON.stringify(renderPolicies(DEFAULT_SETTINGS, options)));
  expect(one).toBe(other);
});
