import type { JsonObject } from '#contract/json.ts';
import type { Case } from './case.ts';
import {
  allows,
  by,
  container,
  creates,
  denies,
  limited,
  ON_SLICES,
  pod,
  sidecar,
  SLICE,
  updates,
  workload,
  WORKLOAD_KINDS,
} from './objects.ts';

const POLICY = 'sidekey-gpu-node-selector';
const WANTED = 'gpu-type=h100-mig';

/** A pod with limits and a node selector. */
const selecting = (limits: JsonObject, nodeSelector?: JsonObject, namespace = 'team-a'): JsonObject =>
  pod({ namespace, limits, ...(nodeSelector && { spec: { nodeSelector } }) });

const BOTH = { 'gpu-type': 'h100-mig', pool: 'inference' };

const affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu-type', operator: 'In', values: ['h100-mig'] }] }],
    },
  },
};

const DENIED = denies(POLICY, {
  'a slice without a node selector may land on a whole GPU': [selecting(SLICE), WANTED],
  'a slice without a node selector is found as a text': [
    selecting({ 'nvidia.com/mig-3g.40gb': '1' }),
    WANTED,
  ],
  'a slice of another profile needs the node selector, too': [
    selecting({ 'nvidia.com/mig-1g.10gb.me': 1 }),
    WANTED,
  ],
  'a node selector of another value is not the one': [selecting(SLICE, { 'gpu-type': 'h100-full' }), WANTED],
  'a node selector of a longer value is not the one': [
    selecting(SLICE, { 'gpu-type': 'h100-mig-7g' }),
    WANTED,
  ],
  'a node selector without a value is not the one': [selecting(SLICE, { 'gpu-type': '' }), WANTED],
  'a node selector of another key is not the one': [selecting(SLICE, { 'gpu-kind': 'h100-mig' }), WANTED],
  'an affinity is no node selector': [pod({ limits: SLICE, spec: { affinity } }), WANTED],
  'a slice of an init container needs the node selector': [
    pod({ init: [container('convert', limited(SLICE))] }),
    WANTED,
  ],
  'a slice of a native sidecar needs the node selector': [
    pod({ init: [sidecar('engine', limited({ 'nvidia.com/mig-3g.40gb': '1' }))] }),
    WANTED,
  ],
  'a slice of the second container needs the node selector': [
    pod({ beside: [container('engine', limited(SLICE))] }),
    WANTED,
  ],
  'a slice beside none needs the node selector': [selecting({ 'nvidia.com/gpu': 0, ...SLICE }), WANTED],
  'a whole GPU is a slice where slices are called so': [
    selecting({ 'nvidia.com/gpu': 1 }, undefined, 'slices'),
    WANTED,
  ],
  'a whole GPU is a slice where slices are called so, its number a text': [
    selecting({ 'nvidia.com/gpu': '2' }, undefined, 'slices'),
    WANTED,
  ],
  'a shared GPU is a shared slice where slices are called GPUs': [
    selecting({ 'nvidia.com/gpu.shared': 1 }, undefined, 'slices'),
    WANTED,
  ],
  'a profile is a slice wherever slices are called GPUs': [
    selecting({ 'nvidia.com/mig-1g.10gb': 1 }, undefined, 'slices'),
    WANTED,
  ],
  'of two labels both are needed': [
    selecting({ 'nvidia.com/gpu': 1 }, { 'gpu-type': 'h100-mig' }, 'slices'),
    'pool=inference',
  ],
  'of two labels it makes no difference which is missing': [
    selecting({ 'nvidia.com/gpu': 1 }, { pool: 'inference' }, 'slices'),
    WANTED,
  ],
  'of two labels each has its own value': [
    selecting({ 'nvidia.com/gpu': 1 }, { 'gpu-type': 'inference', pool: 'h100-mig' }, 'slices'),
    WANTED,
  ],
  'blanks around a label are none of it': [
    selecting({ 'nvidia.com/mig-2g.20gb': 1 }, { 'gpu-type': 'h100-mig' }, 'untidy'),
    'pool=inference',
  ],
});

const ALLOWED = allows({
  'a slice with its node selector': selecting(SLICE, { 'gpu-type': 'h100-mig' }),
  'a slice with its node selector, its number a text': selecting(
    { 'nvidia.com/mig-3g.40gb': '1' },
    { 'gpu-type': 'h100-mig' },
  ),
  'a node selector may say more': selecting(SLICE, {
    'gpu-type': 'h100-mig',
    'topology.kubernetes.io/zone': 'eu-1',
  }),
  'an affinity beside the node selector': pod({ limits: SLICE, spec: { ...ON_SLICES, affinity } }),
  'no slice needs no node selector': selecting({ 'nvidia.com/mig-3g.40gb': 0 }),
  'no slice needs no node selector, its number a text': selecting({ 'nvidia.com/mig-3g.40gb': '0' }),
  'a pod without GPUs goes where it likes': selecting({ cpu: '4' }, { pool: 'cpu' }),
  'a whole GPU is no slice': selecting({ 'nvidia.com/gpu': 1 }, undefined, 'team-b'),
  'a namespace that wants no node selector': selecting(
    { 'nvidia.com/mig-3g.40gb': 1 },
    undefined,
    'research',
  ),
  'two labels are both there': selecting({ 'nvidia.com/gpu': '1' }, BOTH, 'slices'),
  'two labels between blanks are both there': selecting({ 'nvidia.com/mig-2g.20gb': 1 }, BOTH, 'untidy'),
  'a GPU of another vendor is no slice': selecting({ 'amd.com/gpu': 1 }, undefined, 'slices'),
  'no GPU is no slice where slices are called GPUs': selecting(
    { 'nvidia.com/gpu': '0' },
    undefined,
    'slices',
  ),
  'a namespace that is only audited lets a slice go where it likes': selecting(SLICE, undefined, 'rollout'),
});

const KINDS = [
  ...WORKLOAD_KINDS.map((kind) =>
    creates(
      `a ${kind} selects the nodes of its slice`,
      workload(kind, { limits: SLICE }),
      by(POLICY)(WANTED),
    ),
  ),
  updates(
    'a Deployment may not leave the nodes of its slice',
    [
      workload('Deployment', { name: 'leaving', limits: SLICE, spec: ON_SLICES }),
      workload('Deployment', { name: 'leaving', limits: SLICE }),
    ],
    by(POLICY)(WANTED),
  ),
  updates('a slice that was anywhere before may be labelled', [
    pod({ name: 'anywhere', limits: SLICE }),
    pod({ name: 'anywhere', limits: SLICE, labels: { tier: 'gold' } }),
  ]),
];

export const GPU_NODE_SELECTOR: readonly Case[] = [...DENIED, ...ALLOWED, ...KINDS];
