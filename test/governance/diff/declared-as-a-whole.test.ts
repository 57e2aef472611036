import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#contract/json.ts';
import { differences, served } from './served.ts';

describe('who may do what', () => {
  const role = (rules: Json): JsonObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'developer', namespace: 'team-a' },
    rules,
  });
  const binding = (subjects: Json, name = 'developer'): JsonObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'developer', namespace: 'team-a' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects,
  });
  const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

  test('is the same in another order', () => {
    const shuffled = role([
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'get'] },
    ]);
    const declared = role([PODS, { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]);
    expect(differences(declared, served(shuffled))).toEqual([]);
  });

  test('is another with one more verb, or one more rule', () => {
    const more = role([{ ...PODS, verbs: ['get', 'list', 'delete'] }]);
    expect(differences(role([PODS]), served(more))).toEqual(['missing rules[0]', 'extra rules[0]']);
    const secrets = { ...PODS, resources: ['secrets'] };
    expect(differences(role([PODS]), served(role([secrets, PODS])))).toEqual(['extra rules[0]']);
  });

  test('is another with one more subject, or another role', () => {
    const group = { kind: 'Group', name: 'oidc:team-a' };
    const asServed = { ...group, apiGroup: 'rbac.authorization.k8s.io' };
    expect(differences(binding([group]), served(binding([asServed])))).toEqual([]);
    const two = binding([asServed, { ...asServed, name: 'oidc:all' }], 'admin');
    expect(differences(binding([group]), served(two))).toEqual(['changed roleRef.name', 'extra subjects[1]']);
    expect(differences(binding([group]), served(binding([])))).toEqual(['missing subjects']);
  });
});

describe('a network policy', () => {
  const policy = (spec: JsonObject): JsonObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'sidekey', namespace: 'team-a' },
    spec,
  });
  const declared = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53 }] }] });

  test('is the same with the protocol that is meant where none is said', () => {
    const have = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
    });
    expect(differences(declared, served(have))).toEqual([]);
    const udp = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
    });
    expect(differences(declared, served(udp))).toEqual(['missing spec.egress[0]', 'extra spec.egress[0]']);
  });

  test('is another with one more way out, and with fewer pods in it', () => {
    const open = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53 }] }, {}],
    });
    expect(differences(declared, served(open))).toEqual(['extra spec.egress[1]']);
    const some = policy({
      podSelector: { matchLabels: { app: 'x' } },
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53 }] }],
    });
    expect(differences(declared, served(some))).toEqual(['extra spec.podSelector.matchLabels']);
  });
});

describe('an admission policy', () => {
  const policy = (spec: JsonObject): JsonObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'sidekey-gpu-limits' },
    spec,
  });
  const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const declared = policy({
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [RULE] },
    validations: [{ expression: 'true', message: 'no' }],
  });
  const have = (constraints: JsonObject, more: JsonObject = {}): JsonObject =>
    served(
      policy({
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [{ ...RULE, scope: '*' }], ...constraints },
        validations: [{ expression: 'true', message: 'no' }],
        ...more,
      }),
    );

  test('is the same with what the API server fills in', () => {
    const filled = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
    expect(differences(declared, have(filled))).toEqual([]);
  });

  test('is another if it looks at less', () => {
    expect(
      differences(
        declared,
        have({ objectSelector: { matchLabels: { judged: 'true' } }, excludeResourceRules: [RULE] }),
      ),
    ).toEqual([
      'extra spec.matchConstraints.objectSelector',
      'extra spec.matchConstraints.excludeResourceRules',
    ]);
    const condition = { name: 'not-me', expression: "request.userInfo.username != 'me'" };
    expect(differences(declared, have({}, { matchConditions: [condition] }))).toEqual([
      'extra spec.matchConditions',
    ]);
    expect(differences(declared, have({}, { failurePolicy: 'Ignore' }))).toEqual([
      'changed spec.failurePolicy',
    ]);
  });

  test('names what was changed within', () => {
    const variables = (expression: string): JsonObject =>
      policy({
        variables: [
          { name: 'a', expression: '1' },
          { name: 'b', expression },
        ],
      });
    expect(differences(variables('2'), served(variables('3')))).toEqual([
      'changed spec.variables[1].expression',
    ]);
  });
});
