import { expect, test } from 'vitest';
import { installManifests } from '../../deploy/kubernetes/manifests.ts';
import { readInstallRequest } from '../../deploy/kubernetes/options.ts';
import { options, problemKeys, REQUIRED } from './install.ts';

const podOf = (more: Partial<typeof options> & { priorityClass?: string; apiServerPorts?: number[] }) => {
  const objects = installManifests({ ...options, ...more });
  return JSON.stringify(objects.find((one) => 'kind' in one && one.kind === 'Deployment'));
};

test('injectors are scheduled before others, in clusters too that allow that by a quota alone', () => {
  const request = readInstallRequest(REQUIRED);
  expect(request).toMatchObject({ value: { priorityClass: 'system-cluster-critical' } });
  expect(podOf({ priorityClass: 'mine' })).toContain('"priorityClassName":"mine"');
  expect(podOf({})).not.toContain('priorityClassName');
  const kinds = (priorityClass: string): string =>
    JSON.stringify(installManifests({ ...options, priorityClass }));
  expect(kinds('system-cluster-critical')).toContain(
    '{"scopeName":"PriorityClass","operator":"In","values":["system-cluster-critical"]}',
  );
  expect(kinds('mine')).not.toContain('ResourceQuota');
  expect(readInstallRequest([...REQUIRED, '--priority-class='])).not.toHaveProperty('value.priorityClass');
  expect(problemKeys(...REQUIRED, '--priority-class=A_B')).toEqual(['--priority-class']);
});

test('one replica at a time may be away, and replicas are far apart', () => {
  const text = JSON.stringify(installManifests(options));
  expect(text).toContain('"spec":{"maxUnavailable":1,"selector"');
  for (const key of ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'])
    expect(podOf({})).toContain(`"topologyKey":"${key}"`);
  expect(podOf({})).toContain('"maxUnavailable":0,"maxSurge":1');
  expect(podOf({})).toContain('"readOnlyRootFilesystem":true');
});

test('the injector is asked by whoever finds it, and asks DNS and the API server alone', () => {
  const policy = (apiServerPorts?: number[]): unknown =>
    installManifests({ ...options, ...(apiServerPorts && { apiServerPorts }) }).find(
      (one) => 'kind' in one && one.kind === 'NetworkPolicy',
    );
  const tcp = (port: number): object => ({ protocol: 'TCP', port });
  expect(policy()).toMatchObject({
    spec: {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(8443), tcp(9473)] }],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] }, { ports: [tcp(443), tcp(6443)] }],
    },
  });
  expect(policy([16_443])).toMatchObject({ spec: { egress: [{}, { ports: [tcp(16_443)] }] } });
  const ports = ['--api-server-port=443', '--api-server-port=16443'];
  expect(readInstallRequest([...REQUIRED, ...ports])).toMatchObject({
    value: { apiServerPorts: [443, 16_443] },
  });
  expect(problemKeys(...REQUIRED, '--api-server-port=65536')).toEqual(['--api-server-port']);
});

test('where the cluster says who pods run as, none of them does, and no other may be root', () => {
  const { stores, ...rest } = options;
  const sync = { ...rest, vault: { ...stores.vault, role: 'sync' }, pollMs: 60_000, assignsUsers: true };
  const text = JSON.stringify(installManifests({ ...options, assignsUsers: true, sync }));
  expect(text).not.toMatch(/runAsUser|runAsGroup|fsGroup/u);
  expect(text.match(/"securityContext":\{"runAsNonRoot":true/gu)).toHaveLength(2);
  expect(readInstallRequest([...REQUIRED, '--openshift'])).toMatchObject({ value: { assignsUsers: true } });
});
