import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#contract/json.ts';
import { nameOf, pathOf } from '../../../governance/diff/kind.ts';
import { differences, served } from './served.ts';

const namespace = (labels: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team-a', labels, annotations },
});

const quota = (hard: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'sidekey', namespace: 'team-a' },
  spec: { hard, ...more },
});

describe('a namespace', () => {
  const declared = namespace({ 'sidekey.dev/tenant': 'team-a' }, { 'sidekey.dev/vault-roles': 'team-a' });

  test('may have whatever others put on it', () => {
    const others = { 'kubernetes.io/metadata.name': 'team-a', 'sidekey.dev/tenant': 'team-a', team: 'a' };
    const annotations = { 'sidekey.dev/vault-roles': 'team-a', 'openshift.io/sa.scc.uid-range': '1/2' };
    expect(differences(declared, served(declared, { labels: others, annotations }))).toEqual([]);
  });

  test.each([
    ['sidekey.dev/gpu-resources', '*'],
    ['pod-security.kubernetes.io/enforce-version', 'v1.20'],
    ['resource.kubernetes.io/admin-access', 'true'],
  ])('may not have %s if nobody declared it, be it a label or an annotation', (key, value) => {
    for (const field of ['labels', 'annotations']) {
      const have = { ...(declared['metadata'] as JsonObject) };
      const keys = { ...(have[field] as JsonObject), [key]: value };
      expect(differences(declared, served(declared, { [field]: keys }))).toEqual([
        `extra metadata.${field}[${key}]`,
      ]);
    }
  });

  test('may not even have one where no annotation is declared at all', () => {
    const bare: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } };
    const have = served(bare, { annotations: { 'sidekey.dev/vault-roles': 'root', other: 'x' } });
    expect(differences(bare, have)).toEqual(['extra metadata.annotations[sidekey.dev/vault-roles]']);
  });

  test('lacks what was taken away, and has changed where it was edited', () => {
    const have = served(namespace({}, { 'sidekey.dev/vault-roles': 'team-a,root' }));
    expect(differences(declared, have)).toEqual([
      'missing metadata.labels[sidekey.dev/tenant]',
      'changed metadata.annotations[sidekey.dev/vault-roles]',
    ]);
  });

  test('is not in step while it is being deleted', () => {
    const have = served(declared, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(differences(declared, have)).toEqual(['extra metadata.deletionTimestamp']);
  });
});

describe('a quota', () => {
  test.each<[Json, Json]>([
    ['0.5', '500m'],
    ['1Gi', '1024Mi'],
    ['64', '64000m'],
    [2, '2'],
    ['1k', '1000'],
  ])('of %s is one of %s', (want, have) => {
    expect(differences(quota({ cpu: want }), served(quota({ cpu: have })))).toEqual([]);
  });

  test.each<[Json, Json]>([
    ['1G', '1Gi'],
    ['2', '3'],
    ['0', '1n'],
  ])('of %s is none of %s', (want, have) => {
    expect(differences(quota({ cpu: want }), served(quota({ cpu: have })))).toEqual([
      'changed spec.hard.cpu',
    ]);
  });

  test('is all that is declared, and no more', () => {
    const have = quota({ 'requests.nvidia.com/gpu': '8' }, { scopes: ['Terminating'] });
    expect(differences(quota({ 'requests.cpu': '1' }), served(have))).toEqual([
      'missing spec.hard[requests.cpu]',
      'extra spec.hard[requests.nvidia.com/gpu]',
      'extra spec.scopes',
    ]);
  });
});

test('every object has a place', () => {
  const place = (apiVersion: string, kind: string, within?: string): string =>
    pathOf(nameOf({ apiVersion, kind, metadata: { name: 'a', ...(within && { namespace: within }) } }));
  expect(place('v1', 'Namespace')).toBe('/api/v1/namespaces/a');
  expect(place('v1', 'ResourceQuota', 'ml')).toBe('/api/v1/namespaces/ml/resourcequotas/a');
  expect(place('rbac.authorization.k8s.io/v1', 'Role', 'ml')).toBe(
    '/apis/rbac.authorization.k8s.io/v1/namespaces/ml/roles/a',
  );
  expect(place('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding')).toBe(
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/a',
  );
  expect(() => place('v1', 'Secret', 'ml')).toThrow('Cannot compare v1 Secret: it is not known how');
});

test('whatever the API server adds to an object is no difference', () => {
  const names = fc.stringMatching(/^[a-z][a-z0-9./-]{0,12}$/u);
  const texts = fc.dictionary(names, fc.string());
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: 0, max: 1_000_000 }), (labels, others, milli) => {
      const foreign = Object.fromEntries(Object.entries(others).map(([key, value]) => [`x/${key}`, value]));
      const declared = namespace(labels);
      expect(differences(declared, served(declared, { labels: { ...foreign, ...labels } }))).toEqual([]);
      const amounts = [`${milli}m`, String(milli / 1000)] as const;
      expect(differences(quota({ cpu: amounts[0] }), served(quota({ cpu: amounts[1] })))).toEqual([]);
    }),
  );
});
