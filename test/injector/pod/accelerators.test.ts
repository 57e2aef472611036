import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import {
  acceleratorCautions,
  countedAccelerator,
  requestedAccelerators,
} from '../../../injector/pod/accelerators.ts';
import { examplePod, injected } from '../admission/example.ts';

const limited = (...names: readonly string[]): JsonObject => ({
  name: 'model-server',
  resources: { limits: Object.fromEntries(names.map((name) => [name, '1'])) },
});

describe('what a pod computes on', () => {
  it.each<[string, JsonObject]>([
    ['none', { containers: [limited('cpu', 'memory', 'rdma/hca')] }],
    ['none', { containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': 0 } } }] }],
    ['none', { containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': '0' } } }] }],
    ['none', { containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': null } } }] }],
    ['none', { containers: [] }],
    ['none', {}],
    ['nvidia-gpu', { containers: [{ name: 'a' }, limited('cpu', 'nvidia.com/gpu')] }],
    ['gaudi', { containers: [{ name: 'a' }], initContainers: [limited('habana.ai/gaudi')] }],
    ['dra', { containers: [{ name: 'a' }], resourceClaims: [{ name: 'card' }] }],
    ['tpu', { containers: [limited('google.com/tpu')], resourceClaims: [{ name: 'card' }] }],
  ])('is counted as %s: %j', (kind, spec) => {
    expect(countedAccelerator(spec)).toBe(kind);
  });

  it('is told with its place, however much it is', () => {
    const spec = {
      containers: [{ name: 'a' }, limited('nvidia.com/gpu.shared', 'amd.com/gpu')],
      initContainers: [limited('nvidia.com/mig-1g.10gb')],
      resourceClaims: [{ name: 'card', resourceClaimTemplateName: 'one' }],
    };
    expect(requestedAccelerators(spec)).toEqual([
      {
        kind: 'nvidia-shared',
        name: 'nvidia.com/gpu.shared',
        path: 'spec.containers[1].resources.limits[nvidia.com/gpu.shared]',
      },
      { kind: 'amd', name: 'amd.com/gpu', path: 'spec.containers[1].resources.limits[amd.com/gpu]' },
      {
        kind: 'nvidia-mig',
        name: 'nvidia.com/mig-1g.10gb',
        path: 'spec.initContainers[0].resources.limits[nvidia.com/mig-1g.10gb]',
      },
      { kind: 'dra', name: 'card', path: 'spec.resourceClaims[0]' },
    ]);
  });

  it('is never the agent’s', () => {
    const pod = injected(examplePod({ containers: [limited('nvidia.com/gpu')] }));
    expect(requestedAccelerators(pod['spec'] as JsonObject)).toHaveLength(1);
  });
});

describe('what its author can hardly have meant', () => {
  it.each(['nvidia.com/mig-3g.40g', 'nvidia.com/mig-3g40gb', 'nvidia.com/3g.40gb', 'nvidia.com/MIG-3g.40gb'])(
    'is a slice that is called %s',
    (name) => {
      const [caution, ...more] = acceleratorCautions({ containers: [limited(name)] });
      expect(more).toEqual([]);
      expect(caution?.key).toBe(`spec.containers[0].resources.limits[${name}]`);
      expect(caution?.message).toContain('expected nvidia.com/mig-<slices>g.<memory>gb');
    },
  );

  it.each(['nvidia.com/mig-3g.40gb', 'nvidia.com/mig-1g.24gb-me', 'nvidia.com/gpu', 'nvidia.com/migrate'])(
    'is not %s',
    (name) => {
      expect(acceleratorCautions({ containers: [limited(name)] })).toEqual([]);
    },
  );

  it('is a container that is shown the GPUs of others', () => {
    const env = [{ name: 'A' }, { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }];
    expect(acceleratorCautions({ containers: [{ name: 'a', env }] })).toMatchObject([
      {
        key: 'spec.containers[0].env[1]',
        message: expect.stringMatching(/^sets NVIDIA_VISIBLE_DEVICES to "all"/u),
      },
    ]);
  });

  it.each([{ value: 'void' }, { value: 'none' }, { value: '' }, { valueFrom: { fieldRef: {} } }, {}])(
    'is not one that is shown none: %j',
    (value) => {
      const env = [{ name: 'NVIDIA_VISIBLE_DEVICES', ...value }];
      expect(acceleratorCautions({ containers: [{ name: 'a', env }] })).toEqual([]);
    },
  );
});
