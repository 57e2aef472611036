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

const POLICY = 'sidekey-gpu-limits';

const WANTS: JsonObject = {
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
};

/** A wish for nodes by their labels, one that has to be granted. */
const onNodes = (expression: JsonObject): JsonObject => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [expression] }],
      },
    },
  },
});

/** A pod that is aimed at GPUs and has something else to show for it than limits. */
const aimed = (spec: JsonObject, limits?: JsonObject): JsonObject => pod({ spec, ...(limits && { limits }) });

const AIMED = denies(POLICY, {
  'a pod on the nodes of slices takes some': [aimed(ON_SLICES), 'limits'],
  'a pod that tolerates the taint of GPU nodes takes a GPU': [aimed(WANTS), 'nvidia.com/'],
  'a pod that tolerates the taint by its value takes a GPU': [
    aimed({
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' }],
    }),
    'limits',
  ],
  'a pod that wants a product of NVIDIA takes one': [
    aimed({ nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3-MIG-3g.40gb' } }),
    'limits',
  ],
  'a pod that has to be on the nodes of slices takes some': [
    aimed(onNodes({ key: 'gpu-type', operator: 'In', values: ['h100-mig'] })),
    'limits',
  ],
  'a pod that has to be where a GPU is takes one': [
    aimed(onNodes({ key: 'nvidia.com/gpu.present', operator: 'Exists' })),
    'limits',
  ],
  'a pod that says that it works on GPUs takes one': [
    pod({ labels: { 'sidekey.dev/workload': 'gpu' } }),
    'limits',
  ],
  'a namespace of GPU pods alone has no others': [pod({ namespace: 'all-gpu' }), 'nvidia.com/gpu'],
  'a namespace without a tenant is no exception': [pod({ namespace: 'plain', spec: WANTS }), 'limits'],
  'no GPU is no limit, as an integer': [aimed(ON_SLICES, { 'nvidia.com/mig-3g.40gb': 0 }), 'limits'],
  'no GPU is no limit, as a text': [aimed(ON_SLICES, { 'nvidia.com/mig-3g.40gb': '0' }), 'limits'],
  'limits of CPU and memory are no limits of GPUs': [
    aimed(ON_SLICES, { cpu: '8', memory: '64Gi' }),
    'limits',
  ],
  'another device is no GPU': [aimed(WANTS, { 'rdma/hca': '1' }), 'limits'],
});

/** Without a GPU, the runtime hands out all of them, or none. */
const RUNTIME = ['nvidia', 'nvidia-cdi'].map((runtimeClassName) =>
  creates(
    `a pod with the runtime ${runtimeClassName} takes a GPU`,
    aimed({ runtimeClassName }),
    by(POLICY)('limits'),
    by('sidekey-gpu-no-bypass')(runtimeClassName),
  ),
);

const claim = { resourceClaims: [{ name: 'slice', resourceClaimName: 'slice' }] };
const claims = { resources: { claims: [{ name: 'slice' }] } };

const ALLOWED = allows({
  'a pod on the nodes of slices has one': aimed(ON_SLICES, SLICE),
  'a pod on the nodes of slices has one, its number a text': aimed(ON_SLICES, {
    'nvidia.com/mig-3g.40gb': '1',
  }),
  'one container with a slice is enough': pod({
    limits: SLICE,
    spec: ON_SLICES,
    beside: [container('metrics'), container('proxy')],
  }),
  'a slice of an init container is enough': pod({
    spec: ON_SLICES,
    init: [container('convert', limited(SLICE))],
  }),
  'a slice of a native sidecar is enough': pod({
    spec: ON_SLICES,
    init: [sidecar('engine', limited({ 'nvidia.com/mig-3g.40gb': '1' }))],
  }),
  'a second container with a slice is enough': pod({
    spec: ON_SLICES,
    beside: [container('engine', limited(SLICE))],
  }),
  'a claim is as good as a limit': pod({ spec: { ...ON_SLICES, ...claim }, container: claims }),
  'a claim of an init container is as good as a limit': pod({
    spec: { ...ON_SLICES, ...claim },
    init: [container('convert', claims)],
  }),
  'the implicit name of a device class is a limit': aimed(ON_SLICES, {
    'deviceclass.resource.kubernetes.io/mig-3g-40gb': 1,
  }),
  'the runtime of NVIDIA beside a slice': aimed({ ...ON_SLICES, runtimeClassName: 'nvidia' }, SLICE),
  'the runtime of NVIDIA beside a claim': pod({
    spec: { ...claim, runtimeClassName: 'nvidia' },
    container: claims,
  }),
  'another runtime is nothing to do with GPUs': aimed({ runtimeClassName: 'kata' }),
  'a pod that is not aimed at GPUs needs none': pod(),
  'a pod on other nodes needs no GPU': aimed({
    nodeSelector: { pool: 'cpu', 'kubernetes.io/arch': 'amd64' },
  }),
  'a pod that keeps away from GPUs needs none': aimed(
    onNodes({ key: 'nvidia.com/gpu.present', operator: 'DoesNotExist' }),
  ),
  'a pod on nodes without GPUs needs none': aimed({ nodeSelector: { 'nvidia.com/gpu.present': 'false' } }),
  'a pod that keeps away from slices needs none': aimed(
    onNodes({ key: 'gpu-type', operator: 'NotIn', values: ['h100-mig'] }),
  ),
  'what tolerates everything is not aimed at GPUs': workload('DaemonSet', {
    namespace: 'plain',
    spec: { tolerations: [{ operator: 'Exists' }] },
  }),
  'a toleration of a node that is not ready is not aimed at GPUs': aimed({
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    ],
  }),
  'a pod that says that it works elsewhere': pod({ labels: { 'sidekey.dev/workload': 'web' } }),
  'a namespace of GPU pods alone has one': pod({ namespace: 'all-gpu', limits: { 'nvidia.com/gpu': '1' } }),
  'only "true" makes a namespace one of GPU pods alone': pod({ namespace: 'some-gpu' }),
  'an exempt namespace keeps its pods on GPU nodes': workload('DaemonSet', {
    namespace: 'gpu-operator',
    spec: WANTS,
  }),
  'a namespace that is only audited keeps a pod without limits': pod({ namespace: 'rollout', spec: WANTS }),
});

const KINDS = WORKLOAD_KINDS.map((kind) =>
  creates(
    `a ${kind} on the nodes of slices takes some`,
    workload(kind, { spec: ON_SLICES }),
    by(POLICY)('limits'),
  ),
);

const before = workload('StatefulSet', { name: 'served', limits: SLICE, spec: ON_SLICES });

const UPDATES = [
  updates(
    'a StatefulSet may not lose its limits',
    [before, workload('StatefulSet', { name: 'served', spec: ON_SLICES })],
    by(POLICY)('limits'),
  ),
  updates('a pod without limits that was there before may be labelled', [
    pod({ name: 'idle', spec: ON_SLICES }),
    pod({ name: 'idle', spec: ON_SLICES, labels: { tier: 'gold' } }),
  ]),
];

export const GPU_LIMITS: readonly Case[] = [
  ...AIMED,
  ...RUNTIME,
  ...ALLOWED,
  ...KINDS,
  creates(
    'a Deployment that says so of its pods takes a GPU',
    workload('Deployment', { labels: { 'sidekey.dev/workload': 'gpu' } }),
    by(POLICY)('limits'),
  ),
  creates(
    'a Job of a namespace of GPU pods alone takes one',
    workload('Job', { namespace: 'all-gpu' }),
    by(POLICY)('limits'),
  ),
  ...UPDATES,
];
