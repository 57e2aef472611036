import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Container, describeInjection, places, type Pod, qosClass } from '../../../deploy/demo/pod.ts';

const podOf = (containers: readonly Partial<Container>[], more: Partial<Pod['spec']> = {}): Pod => ({
  metadata: { name: 'one' },
  spec: { containers: containers.map((container, index) => ({ name: `c${index}`, ...container })), ...more },
});

test('the pod of the demo is BestEffort, for a GPU is neither CPU nor memory', async () => {
  const text = await readFile(new URL('../../../deploy/demo/pod.yaml', import.meta.url), 'utf8');
  expect(qosClass(parse(text) as Pod)).toBe('BestEffort');
});

test.for([
  [[{ resources: { limits: { cpu: 1, memory: '1Gi' } } }], 'Guaranteed'],
  [[{ resources: { requests: { cpu: 1 }, limits: { cpu: 2, memory: '1Gi' } } }], 'Burstable'],
  [[{ resources: { limits: { cpu: 1, memory: '1Gi' } } }, {}], 'Burstable'],
  [[{ resources: { requests: { memory: '1Gi' } } }], 'Burstable'],
] as const)('containers with %j are %s', ([containers, expected]) => {
  expect(qosClass(podOf(containers))).toBe(expected);
});

test('an init container counts for the QoS class', () => {
  const init = { name: 'agent', resources: { limits: { memory: '64Mi' } } };
  expect(qosClass(podOf([{}], { initContainers: [init] }))).toBe('Burstable');
});

test('an injection that changes the QoS class is refused', () => {
  const after = podOf([{}], {
    initContainers: [{ name: 'agent', resources: { limits: { memory: '64Mi' } } }],
  });
  expect(() => describeInjection(podOf([{}]), after)).toThrow('from BestEffort to Burstable');
});

test('an injection is described by what is new', () => {
  const before = podOf([{}], { volumes: [{ name: 'old' }] });
  const after = podOf([{ volumeMounts: [{ name: 'secrets', mountPath: '/vault/secrets' }] }], {
    initContainers: [{ name: 'agent', restartPolicy: 'Always' }],
    volumes: [{ name: 'old' }, { name: 'secrets' }],
  });
  expect(describeInjection(before, after)).toEqual([
    'added the native sidecar agent',
    'added the volumes secrets; /vault/secrets in c0',
    'QoS class BestEffort, as before',
  ]);
});

test('memory volumes become tmpfs of their size and projected tokens become files', () => {
  const container: Container = {
    name: 'agent',
    volumeMounts: [
      { name: 'secrets', mountPath: '/vault/secrets' },
      { name: 'token', mountPath: '/run/token' },
    ],
  };
  const pod = podOf([{}], {
    volumes: [
      { name: 'secrets', emptyDir: { medium: 'Memory', sizeLimit: '2Mi' } },
      {
        name: 'token',
        projected: { sources: [{ serviceAccountToken: { path: 'vault', audience: 'a' } }, {}] },
      },
    ],
  });
  expect(places(pod, container)).toEqual([
    { kind: 'tmpfs', path: '/vault/secrets', bytes: 2_097_152 },
    { kind: 'token', path: '/run/token/vault', audience: 'a' },
  ]);
});

test('a volume of another kind is not guessed at', () => {
  const container: Container = { name: 'agent', volumeMounts: [{ name: 'disk', mountPath: '/data' }] };
  expect(() => places(podOf([{}], { volumes: [{ name: 'disk' }] }), container)).toThrow('"disk"');
});
