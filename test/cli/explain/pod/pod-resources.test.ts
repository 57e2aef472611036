import { expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { withPodRequests } from '../../../../cli/explain/pod/pod-resources.ts';
import { qosClass } from '../../../../injector/pod/qos.ts';

const LIMITS = { cpu: '4', memory: '8Gi' };
const requesting = (cpu: string, more: JsonObject = {}): JsonObject => ({
  name: 'a',
  resources: { requests: { cpu } },
  ...more,
});

const cpuOf = (spec: JsonObject): unknown =>
  (withPodRequests(spec)['resources'] as { requests: { cpu?: string } } | undefined)?.requests.cpu;

test('a pod that has no limits of its own is as it was', () => {
  const spec = { containers: [requesting('1')], resources: { requests: { memory: '1Gi' } } };
  expect(withPodRequests(spec)).toBe(spec);
  expect(withPodRequests({ containers: [requesting('1')] })).not.toHaveProperty('resources');
});

test('what its containers request is what it does, and what it requests itself stays', () => {
  const containers = [requesting('1'), requesting('500m')];
  expect(cpuOf({ containers, resources: { limits: LIMITS } })).toBe('1500000000n');
  expect(cpuOf({ containers, resources: { limits: LIMITS, requests: { cpu: '3' } } })).toBe('3');
});

test('limits of containers are requests, sidecars go on, and the rest of the init containers counts alone', () => {
  const limited = { name: 'a', resources: { limits: { cpu: '1' } } };
  const initContainers = [requesting('2', { restartPolicy: 'Always' }), requesting('5')];
  expect(cpuOf({ containers: [limited], initContainers, resources: { limits: LIMITS } })).toBe('7000000000n');
  const [sidecar] = initContainers;
  const spec = { containers: [limited], initContainers: [sidecar ?? {}], resources: { limits: LIMITS } };
  expect(cpuOf(spec)).toBe('3000000000n');
});

test('a pod is Guaranteed by its own limits only if its containers do not request less', () => {
  const containers = [{ name: 'a' }];
  const classOf = (spec: JsonObject): string => qosClass(withPodRequests(spec));
  expect(classOf({ containers, resources: { limits: LIMITS } })).toBe('Guaranteed');
  expect(classOf({ containers: [requesting('1')], resources: { limits: LIMITS } })).toBe('Burstable');
});
