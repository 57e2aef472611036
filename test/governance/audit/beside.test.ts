import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { readTenancy } from '../../../cli/tenant/read.ts';
import { createWords } from '../../../governance/audit/words.ts';
import { policies } from '../../../governance/policy/policies.ts';
import { DEFAULT_SETTINGS } from '../../../governance/policy/settings.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { read, report } from './logs.ts';

const documents = (...objects: readonly JsonObject[]) =>
  objects.map((object) => ({ file: 'f.yaml', object }));

const POD = { apiVersion: 'v1', kind: 'Pod', name: 'x', namespace: 'team-a', uid: '1' };

const namespace: JsonObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'team-a',
    labels: { 'sidekey.dev/tenant': 'the-a-team' },
    annotations: { 'sidekey.dev/owner': 'a@example.com' },
  },
};

describe('policy reports', () => {
  const openReport = {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'ClusterReport',
    metadata: { name: 'merged' },
    results: [
      {
        policy: 'sidekey-gpu-limits',
        rule: 'r',
        result: 'fail',
        severity: 'high',
        source: 'KyvernoValidatingPolicy',
        timestamp: { seconds: 1795650233, nanos: 0 },
        message: 'a container …',
        resources: [POD, { ...POD, name: 'y', uid: '2' }],
      },
      { policy: 'sidekey-gpu-limits', result: 'pass', resources: [POD] },
      { policy: 'sidekey-gpu-limits', result: 'skip', resources: [POD] },
    ],
  };

  test('say what does not comply, an object a row', () => {
    const { of } = report({ documents: documents(openReport, namespace) });
    expect(of('violation')).toEqual([
      {
        section: 'violation',
        time: '2026-11-25T23:43:53.000Z',
        result: 'fail',
        policy: 'sidekey-gpu-limits',
        rule: 'r',
        severity: 'high',
        tenant: 'the-a-team',
        namespace: 'team-a',
        kind: 'Pod',
        name: 'x',
        uid: '1',
        reporter: 'KyvernoValidatingPolicy',
        source: 'f.yaml',
      },
      expect.objectContaining({ name: 'y', uid: '2' }),
    ]);
  });

  test('are those of a single object, too', () => {
    const ofPod = {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      scope: POD,
      results: [
        { policy: 'p', result: 'error' },
        { policy: 'p', result: 'warn' },
      ],
    };
    expect(report({ documents: documents(ofPod) }).of('violation')).toMatchObject([
      { name: 'x', result: 'error' },
      { name: 'x', result: 'warn' },
    ]);
  });

  test('are counted for each policy', () => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'sidekey-gpu-limits' },
    };
    const { of } = report({ documents: documents(openReport, policy), named: new Set(['policies']) });
    expect(of('policy')).toContainEqual(
      expect.objectContaining({ name: 'sidekey-gpu-limits', pass: 1, fail: 1 }),
    );
  });

  test.each<[string, JsonObject]>([
    ['without results', { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' }],
    [
      'of something else',
      { apiVersion: 'example.com/v1', kind: 'PolicyReport', results: [{ result: 'fail' }] },
    ],
    [
      'with a time that is none',
      { ...openReport, results: [{ result: 'pass', timestamp: { seconds: 'x' } }] },
    ],
  ])('%s say nothing', (_, object) => {
    expect(report({ documents: documents(object) }).of('violation')).toEqual([]);
  });
});

function tenancy(): Tenancy {
  const text = `
apiVersion: sidekey.dev/v1
kind: Tenant
metadata: {name: team-a}
spec:
  owner: team-a@example.com
  namespaces: [team-a]
  members: {developers: [{kind: Group, name: oidc:team-a-devs}]}
  accelerators: {allow: [{resource: nvidia.com/mig-3g.40gb, max: 2}], deviceClasses: [{name: mig-3g-40gb, max: 1}]}
  compute: {requests.cpu: "64"}
  secrets:
    vault: {role: team-a, paths: [secret/data/team-a]}
    infisical: {project: 7e2f1c0a-0000-4000-8000-000000000000, identity: 6b5d3ae0-0000-4000-8000-000000000000, environments: [{slug: prod, folder: /serving}]}
`;
  const parsed = readTenancy([{ file: 'tenant.yaml', text }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const quota = (name: string, hard: JsonObject, used: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name, namespace: 'team-a' },
  status: { hard, used },
});

describe('tenants', () => {
  const MIG = 'requests.nvidia.com/mig-3g.40gb';

  test('are told with owner, limits, use and what they may read', () => {
    const { of } = report({
      tenancy: tenancy(),
      documents: documents(
        quota(
          'sidekey',
          { [MIG]: '2', 'requests.nvidia.com/gpu': '0' },
          { [MIG]: '1', 'requests.nvidia.com/gpu': '0' },
        ),
      ),
    });
    const rows = of('tenant');
    expect(rows.map(({ resource, max, quota: hard, used }) => [resource, max, hard, used])).toEqual([
      ['mig-3g-40gb.deviceclass.resource.k8s.io/devices', '1', undefined, undefined],
      ['requests.cpu', '64', undefined, undefined],
      [MIG, '2', '2', '1'],
    ]);
    expect(rows[0]).toMatchObject({
      tenant: 'team-a',
      owner: 'team-a@example.com',
      namespace: 'team-a',
      enforcement: 'deny',
      role: 'team-a',
      paths: 'secret/data/team-a',
      infisical: '7e2f1c0a-0000-4000-8000-000000000000/prod/serving',
      developers: 'Group oidc:team-a-devs',
    });
  });

  test('use what a quota forbids only where somebody does', () => {
    const used = quota('x', { 'requests.nvidia.com/gpu': '0' }, { 'requests.nvidia.com/gpu': '1' });
    expect(report({ tenancy: tenancy(), documents: documents(used) }).of('tenant')).toContainEqual(
      expect.objectContaining({ resource: 'requests.nvidia.com/gpu', quota: '0', used: '1' }),
    );
  });

  test('are held by the tightest of several quotas', () => {
    const wide = quota('wide', { [MIG]: '1k' }, { [MIG]: '1' });
    const tight = quota('tight', { [MIG]: '3' }, { [MIG]: '1' });
    for (const order of [documents(wide, tight), documents(tight, wide)])
      expect(report({ documents: [...order, ...documents(namespace)] }).of('tenant')).toMatchObject([
        { quota: '3' },
      ]);
  });

  test('that only the cluster knows are told as it has them', () => {
    expect(report({ documents: documents(namespace) }).of('tenant')).toEqual([
      expect.objectContaining({
        tenant: 'the-a-team',
        owner: 'a@example.com',
        namespace: 'team-a',
        enforcement: undefined,
      }),
    ]);
    const elsewhere = { ...namespace, metadata: { name: 'other', labels: { 'sidekey.dev/tenant': 'x' } } };
    expect(report({ tenancy: tenancy(), documents: documents(elsewhere) }).of('tenant')).toContainEqual(
      expect.objectContaining({ namespace: 'other', enforcement: 'not declared' }),
    );
  });

  test('give deliveries their name, the declaration before the cluster', () => {
    const tenantIn = (inputs: Parameters<typeof report>[0]) =>
      report({ store: [read(1)], ...inputs }).of('delivery')[0]?.['tenant'];
    expect(tenantIn({ documents: documents(namespace) })).toBe('the-a-team');
    expect(tenantIn({ tenancy: tenancy(), documents: documents(namespace) })).toBe('team-a');
    expect(tenantIn({})).toBeUndefined();
  });
});

describe('words of a policy', () => {
  const create = createWords(policies(DEFAULT_SETTINGS), DEFAULT_SETTINGS.acceleratorDomains);
  const words = (message: string, names: readonly string[] = []) =>
    create('sidekey-gpu-resources', message, names);
  const MESSAGE = 'namespace team-a may not use: model-server -> nvidia.com/gpu. Allowed here: none.';

  test('are shown with names that the request has anyway', () => {
    expect(words(MESSAGE, ['team-a', 'model-server'])).toBe(MESSAGE);
    expect(words(MESSAGE)).toBe('namespace … may not use: … -> nvidia.com/gpu. Allowed here: none.');
  });

  test.each([
    'nvidia.com/a b',
    'nvidia.com/x/y',
    'evil.com/gpu',
    'nvidia.comx/gpu',
    `nvidia.com/${'x'.repeat(64)}`,
  ])('are not what only looks like an accelerator: %s', (found) => {
    const [last = ''] = found.split(' ').toReversed();
    expect(words(`namespace may not use: ${found}. Allowed here: none`)).not.toContain(last);
  });

  test('are nothing where most of a message is not theirs', () => {
    expect(words('the password of the database is correct-horse battery-staple')).toBeUndefined();
  });

  test('are those of the policy alone; what another one says is not known', () => {
    expect(create('theirs', MESSAGE, ['team-a', 'model-server'])).toBeUndefined();
    expect(create('sidekey-gpu-resources-audit', MESSAGE, ['team-a', 'model-server'])).toBe(MESSAGE);
  });
});
