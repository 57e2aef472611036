import { describe, expect, it } from 'vitest';
import {
  ACCELERATOR_DOMAINS,
  ACCELERATOR_TITLES,
  acceleratorKind,
  isMigProfile,
  KNOWN_ACCELERATORS,
} from '#contract/accelerators.ts';

describe('the kind of an accelerator', () => {
  it.each([
    ['nvidia.com/gpu', 'nvidia-gpu'],
    ['nvidia.com/mig-3g.40gb', 'nvidia-mig'],
    ['nvidia.com/mig-1g.24gb.me.all', 'nvidia-mig'],
    ['nvidia.com/gpu.shared', 'nvidia-shared'],
    ['nvidia.com/mig-1g.10gb.shared', 'nvidia-shared'],
    ['nvidia.com/gpumem', 'nvidia-shared'],
    ['nvidia.com/gpucores', 'nvidia-shared'],
    ['nvidia.com/GRID_T4-4C', 'nvidia-vgpu'],
    ['nvidia.com/GH100_H100_SXM5_80GB', 'nvidia-vgpu'],
    ['nvidia.com/pgpu', 'nvidia-vgpu'],
    ['amd.com/gpu', 'amd'],
    ['amd.com/cpx_nps4', 'amd'],
    ['gpu.intel.com/i915', 'intel'],
    ['gpu.intel.com/xe', 'intel'],
    ['gpu.intel.com/xe_monitoring', 'intel'],
    ['npu.intel.com/accel', 'intel-npu'],
    ['habana.ai/gaudi', 'gaudi'],
    ['google.com/tpu', 'tpu'],
    ['aws.amazon.com/neuron', 'neuron'],
    ['aws.amazon.com/neuroncore', 'neuron'],
    ['huawei.com/Ascend910B', 'ascend'],
    ['cambricon.com/vmlu', 'cambricon'],
    ['metax-tech.com/sgpu', 'metax'],
    ['qualcomm.com/qaic', 'qualcomm'],
    ['volcano.sh/vgpu-number', 'nvidia-shared'],
    ['volcano.sh/vgpu-memory', 'nvidia-shared'],
    ['deviceclass.resource.kubernetes.io/mig.nvidia.com', 'dra'],
  ])('of %s is %s', (resource, kind) => {
    expect(acceleratorKind(resource)).toBe(kind);
  });

  it.each([
    'cpu',
    'nvidia.com',
    'nvidia.com/',
    'nvidia.com/hostdev',
    'rdma/hca_shared_devices_a',
    'vpc.amazonaws.com/efa',
    'google.com/gpus',
    'volcano.sh/queue',
    'qualcomm.com/modem',
    'gpu',
    'example.com/nvidia.com/gpu',
    '',
  ])('is none for %j', (resource) => {
    expect(acceleratorKind(resource)).toBeUndefined();
  });

  it('is known for every name that quotas name, and has a title', () => {
    const kinds = KNOWN_ACCELERATORS.map(acceleratorKind);
    expect(kinds).not.toContain(undefined);
    expect(new Set([...kinds, 'dra'])).toEqual(new Set(ACCELERATOR_TITLES.keys()));
    expect(new Set(ACCELERATOR_TITLES.values()).size).toBe(ACCELERATOR_TITLES.size);
  });

  it.each(['amd.com/spx_nps1', 'amd.com/cpx_nps1', 'amd.com/cpx_nps4', 'gpu.intel.com/i915_monitoring'])(
    'is kept from tenants by name where it is %s',
    (resource) => {
      expect(KNOWN_ACCELERATORS).toContain(resource);
    },
  );

  it('is that of the domain, of which each is there once', () => {
    expect(new Set(ACCELERATOR_DOMAINS).size).toBe(ACCELERATOR_DOMAINS.length);
    for (const name of KNOWN_ACCELERATORS) expect(ACCELERATOR_DOMAINS).toContain(name.split('/')[0]);
  });
});

it('every slice that is known has the form of one', () => {
  const slices = KNOWN_ACCELERATORS.filter((name) => name.startsWith('nvidia.com/mig-'));
  expect(slices.length).toBeGreaterThan(100);
  expect(slices.filter((name) => !isMigProfile(name))).toEqual([]);
});
