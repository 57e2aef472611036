import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { posix } from 'node:path';
import { type JsonObject, objectIn } from '#contract/json.ts';
import { GPU_NO_BYPASS } from '../../../governance/policy/gpu-no-bypass.ts';
import { askingPod, judgeExample, judgeObject } from './admission.ts';

const withSpec = (spec: JsonObject): JsonObject => ({ ...askingPod({}), spec: { containers: [], ...spec } });
const withHostPath = (path: string): JsonObject =>
  withSpec({ volumes: [{ name: 'host', hostPath: { path } }] });
const verdictOf = (object: JsonObject): string => judgeObject(GPU_NO_BYPASS, object).verdict;

/** The same place, in words of the file system. */
const SPELLINGS = fc.array(fc.constantFrom('/', '//', '/./', '/.//'), { minLength: 8, maxLength: 8 }).map(
  (separators) => (path: string) =>
    path
      .split('/')
      .slice(1)
      .map((part, index) => `${separators[index] ?? '/'}${part}`)
      .join(''),
);

describe('paths of the node', () => {
  const DEVICES = [
    '/dev',
    '/dev/nvidia0',
    '/dev/dri/card0',
    '/var/lib/kubelet/device-plugins',
    '/var/run/cdi',
    '/run/cdi',
  ];
  const OTHERS = [
    '/data',
    '/dev/shm',
    '/dev/shm/cache',
    '/var/lib/models',
    '/var/run/app',
    '/devices',
    '/etc/ssl/certs',
  ];

  test('lead to devices however they are spelt', () => {
    const property = fc.property(fc.constantFrom(...DEVICES), SPELLINGS, (path, spelt) => {
      expect(posix.normalize(spelt(path))).toBe(path);
      expect(verdictOf(withHostPath(spelt(path)))).toBe('denied');
    });
    fc.assert(property);
  });

  test('lead elsewhere however they are spelt', () => {
    const property = fc.property(fc.constantFrom(...OTHERS), SPELLINGS, (path, spelt) => {
      expect(verdictOf(withHostPath(spelt(path)))).toBe('allowed');
    });
    fc.assert(property);
  });

  test('lead to devices if they hold a place that does', () => {
    const above = DEVICES.flatMap((path) =>
      path.split('/').map((_, end, parts) => parts.slice(0, end).join('/') || '/'),
    );
    for (const path of above) expect(verdictOf(withHostPath(path)), path).toBe('denied');
  });
});

describe('annotations for the runtime', () => {
  test.each([
    'cdi.k8s.io/x',
    'nvidia.cdi.k8s.io/container.m',
    'management.nvidia.cdi.k8s.io/x',
    'devices.nri.io',
    'devices.nri.io/container.m',
    'cdi-devices.nri.io/pod',
    'mounts.nri.io/pod',
    'devices.noderesource.dev',
    'devices.noderesource.dev/container.m',
    'cdi-devices.noderesource.dev/pod',
    'mounts.noderesource.dev/container.m',
    'io.kubernetes.cri-o.Devices',
    'devices.crio.io/m',
    'CDI.k8s.io/x',
  ])('%s asks for devices', (key) => {
    const pod = { ...withSpec({}), metadata: { annotations: { [key]: 'x' } } };
    expect(judgeObject(GPU_NO_BYPASS, pod)).toMatchObject({
      verdict: 'denied',
      message: expect.stringContaining(key),
    });
  });

  test.each([
    'cdi.k8s.io.example/x',
    'notcdi.k8s.io/x',
    'example.com/cdi.k8s.io',
    'required-plugins.noderesource.dev/pod',
    'io.kubernetes.cri-o.DevicesOfOld',
    'sidekey.dev/secret.devices',
  ])('%s asks for none', (key) => {
    expect(verdictOf({ ...withSpec({}), metadata: { annotations: { [key]: 'x' } } })).toBe('allowed');
  });
});

/** A pod that waits for a gate has no container yet: what is added until then counts. */
describe('a pod that is changed', () => {
  const annotated = (annotations: JsonObject): JsonObject => ({ ...withSpec({}), metadata: { annotations } });
  const verdictOfChange = (oldObject: JsonObject, object: JsonObject): string =>
    judgeExample(GPU_NO_BYPASS, { title: '', oldObject, object }).verdict;
  const asking = annotated({ 'cdi.k8s.io/x': 'nvidia.com/gpu=0' });

  test('may not come to ask for devices', () => {
    expect(verdictOfChange(annotated({}), asking)).toBe('denied');
    expect(verdictOfChange(asking, annotated({ 'cdi.k8s.io/x': 'nvidia.com/gpu=all' }))).toBe('denied');
    expect(verdictOfChange(withSpec({}), asking)).toBe('denied');
  });

  test('may keep what it has, and lose it', () => {
    const labelled = {
      ...asking,
      metadata: { ...objectIn(asking, 'metadata'), labels: { tier: 'gold' } },
    };
    expect(verdictOfChange(asking, labelled)).toBe('not-matched');
    expect(verdictOfChange(asking, annotated({}))).toBe('not-matched');
  });
});

test('the agent’s own container is no way around anything', () => {
  const agent = {
    name: 'sidekey-agent',
    env: [
      { name: 'SIDEKEY_CONFIG', value: 'e30=' },
      { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' },
    ],
    securityContext: { privileged: false },
    volumeMounts: [{ name: 'sidekey-state', mountPath: '/run/sidekey/state' }],
  };
  expect(verdictOf(withSpec({ initContainers: [agent] }))).toBe('allowed');
});
