import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { DEFAULT_SETTINGS } from '../../../governance/policy/settings.ts';
import { judgeExample, judgeObject } from './admission.ts';

const ALL = policies(DEFAULT_SETTINGS);
const NAMED = ALL.map((policy) => [policy.name, policy] as const);
const REFUSING = NAMED.filter(([, { validations }]) => validations.length > 0);

const policy = (name: string, settings = DEFAULT_SETTINGS) => {
  const found = policies(settings).find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no policy ${name}`);
  return found;
};

test('the policies of a platform are these, in this order', () => {
  expect(NAMED.map(([name]) => name)).toEqual([
    'sidekey-gpu-limits',
    'sidekey-gpu-resources',
    'sidekey-gpu-device-classes',
    'sidekey-gpu-node-selector',
    'sidekey-gpu-no-bypass',
    'sidekey-store-access',
    'sidekey-injected',
    'sidekey-tenancy-guard',
    'sidekey-no-plaintext-secrets',
    'sidekey-audit-trail',
  ]);
});

test.each(NAMED)('%s says what it is, why it is there and which controls it serves', (_, one) => {
  expect(one.title).toMatch(/^[A-Z].+[^.]$/u);
  expect(one.reason).toMatch(/^[A-Z].+\.$/su);
  expect(one.controls.length).toBeGreaterThan(2);
});

test.each(NAMED)('%s allows its good example', (_, one) => {
  expect(judgeExample(one, one.examples.good)).toMatchObject({ verdict: 'allowed' });
});

test.each(REFUSING)('%s refuses its bad example, and says what is allowed and what to write', (_, one) => {
  const { bad } = one.examples;
  if (bad === undefined) throw new Error('There is no bad example');
  const { verdict, message = '' } = judgeExample(one, bad);
  expect(verdict).toBe('denied');
  expect(one.validations.map((validation) => validation.message)).not.toContain(message);
  expect(message).toMatch(/allowed|Slices of this namespace/iu);
  expect(message).toMatch(/write|take|create|ask/iu);
});

test('only the audit trail refuses nothing, and it is the one that never stops a pod by failing', () => {
  expect(ALL.filter(({ failurePolicy }) => failurePolicy === 'Ignore').map(({ name }) => name)).toEqual([
    'sidekey-audit-trail',
  ]);
  expect(ALL.filter(({ validations }) => validations.length === 0).map(({ name }) => name)).toEqual([
    'sidekey-audit-trail',
  ]);
});

test.each(NAMED)('%s asks who makes the request if, and only if, it says so', (_, one) => {
  const conditions = one.conditions.map(({ expression }) => expression);
  const rest = [...one.variables, ...one.validations].map(({ expression }) => expression);
  expect([...conditions, ...rest].some((text) => text.includes('request.userInfo'))).toBe(one.readsUser);
});

test.each(NAMED)(
  '%s names no object, for one that is to be named by the server has no name yet',
  (_, one) => {
    const judging = [...one.conditions, ...one.variables, ...one.validations];
    const naming = judging.filter(({ expression }) => /\bobject\.metadata\.name/u.test(expression));
    expect(naming).toEqual([]);
  },
);

describe('what a platform sets', () => {
  const limited = (resource: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'team-a' },
    spec: { containers: [{ name: 'model-server', resources: { limits: { [resource]: '1' } } }] },
  });

  test('are the domains of accelerators, dots and all', () => {
    const settings = { ...DEFAULT_SETTINGS, acceleratorDomains: ['gpu.example'] };
    const resources = policy('sidekey-gpu-resources', settings);
    expect(judgeObject(resources, limited('gpu.example/card')).verdict).toBe('denied');
    expect(judgeObject(resources, limited('gpu-example/card')).verdict).toBe('allowed');
    expect(judgeObject(resources, limited('nvidia.com/gpu')).verdict).toBe('allowed');
  });

  test('are never so few that an implicit device class is none', () => {
    const settings = { ...DEFAULT_SETTINGS, acceleratorDomains: [] };
    const implicit = limited('deviceclass.resource.kubernetes.io/gpu.nvidia.com');
    expect(judgeObject(policy('sidekey-gpu-resources', settings), implicit).verdict).toBe('denied');
  });

  test('are the groups and users that change tenancy, and nobody if there are none', () => {
    const tenant = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { labels: { 'sidekey.dev/tenant': 'x' } },
    };
    const made = { title: '', object: tenant, user: { username: 'flux', groups: ['ops'] } };
    const by = (platformGroups: readonly string[], platformUsers: readonly string[]) =>
      judgeExample(
        policy('sidekey-tenancy-guard', { ...DEFAULT_SETTINGS, platformGroups, platformUsers }),
        made,
      ).verdict;
    expect(by(['ops'], [])).toBe('not-matched');
    expect(by([], ['flux'])).toBe('not-matched');
    expect(by([], [])).toBe('denied');
    expect(by(["it's ops"], ['ops'])).toBe('denied');
  });
});
