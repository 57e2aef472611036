import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { excessFindings } from '../../../governance/check/excess.ts';
import { podsIn } from '../../../governance/check/pods.ts';
import type { Accelerators } from '../../../governance/tenant/tenant.ts';
import { container, limited, pod, sidecar, workload } from '../cases/objects.ts';

const SLICE = 'nvidia.com/mig-3g.40gb';

const ACCELERATORS: Accelerators = {
  migStrategy: 'mixed',
  nodeSelector: {},
  allow: [{ resource: SLICE, max: 2 }],
  deviceClasses: [{ name: 'whole', max: 1 }],
  required: 'gpuPods',
};

const excess = (object: JsonObject): readonly string[] =>
  podsIn(object)
    .flatMap((place) => excessFindings(object, place, ACCELERATORS))
    .map(({ effect, path, message }) => `${effect} ${path.join('.')}: ${message}`);

const scaled = (replicas: number, amount: number): JsonObject => {
  const deployment = workload('Deployment', { limits: { [SLICE]: amount } });
  return { ...deployment, spec: { ...(deployment['spec'] as JsonObject), replicas } };
};

describe('the quota of a namespace', () => {
  test.each([
    [1, 2],
    [2, 1],
    [0, 2],
  ])('holds %d pods with %d slices each', (replicas, amount) => {
    expect(excess(scaled(replicas, amount))).toEqual([]);
  });

  test('does not hold one more pod', () => {
    expect(excess(scaled(3, 1))).toEqual([
      expect.stringMatching(
        /^stuck spec\.template\.spec\.containers\.0\.resources\.limits\.nvidia\.com\/mig-3g\.40gb: 3 pods with 1 .* are 3, and the namespace may hold 2: 2 of them are made/u,
      ),
    ]);
  });

  test('does not hold a pod that is too large, however few there are', () => {
    expect(excess(scaled(0, 3))).toEqual([
      expect.stringMatching(
        /^denied .*: one pod asks for 3 .*, and the namespace may hold 2: it is never made/u,
      ),
    ]);
    expect(excess(pod({ limits: { [SLICE]: '3' } }))).toHaveLength(1);
  });

  test('counts what is only requested, and a class by its implicit name', () => {
    expect(excess(pod({ requests: { [SLICE]: 3 } }))).toHaveLength(1);
    expect(excess(pod({ limits: { 'deviceclass.resource.kubernetes.io/whole': 2 } }))).toHaveLength(1);
  });

  test('does not speak of what the namespace may not have at all: the policies do', () => {
    expect(excess(pod({ limits: { 'nvidia.com/gpu': 100 } }))).toEqual([]);
  });
});

describe('a pod asks for', () => {
  const slices = (amount: number): JsonObject => limited({ [SLICE]: amount });

  test.each<[string, JsonObject, boolean]>([
    [
      'what its containers ask for together',
      pod({ beside: [container('b', slices(2))], limits: { [SLICE]: 1 } }),
      true,
    ],
    ['the most that one of its init containers asks for', pod({ init: [container('a', slices(3))] }), true],
    [
      'no more than that, for they run one after another',
      pod({ init: [container('a', slices(2)), container('b', slices(2))], limits: { [SLICE]: 2 } }),
      false,
    ],
    [
      'its sidecars beside the containers',
      pod({ init: [sidecar('a', slices(1))], limits: { [SLICE]: 2 } }),
      true,
    ],
    [
      'a sidecar beside the init containers after it',
      pod({ init: [sidecar('a', slices(1)), container('b', slices(2))] }),
      true,
    ],
    [
      'not one that is not up yet',
      pod({ init: [container('b', slices(2)), sidecar('a', slices(1))], limits: { [SLICE]: 1 } }),
      false,
    ],
    ['nothing that is no amount', pod({ limits: { [SLICE]: 'many' } }), false],
  ])('%s', (_, object, isTooMuch) => {
    expect(excess(object).length > 0).toBe(isTooMuch);
  });
});
