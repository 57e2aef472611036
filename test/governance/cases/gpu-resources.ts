import { type JsonObject, objectIn } from '#contract/json.ts';
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
  refused,
  sidecar,
  SLICE,
  updates,
  workload,
  WORKLOAD_KINDS,
} from './objects.ts';

const POLICY = 'sidekey-gpu-resources';
const WHOLE: JsonObject = { 'nvidia.com/gpu': 1 };
const IMPLICIT = 'deviceclass.resource.kubernetes.io/';

/** A pod of team-a, on the nodes that slices need, whose model server has these limits. */
const slices = (limits: JsonObject): JsonObject => pod({ limits, spec: ON_SLICES });

const within = (namespace: string, limits: JsonObject): JsonObject => pod({ namespace, limits });

const ALLOWED = allows({
  'a slice of the list may be used, its number an integer': slices({ 'nvidia.com/mig-3g.40gb': 1 }),
  'a slice of the list may be used, its number a text': slices({ 'nvidia.com/mig-3g.40gb': '1' }),
  'a slice of the list may be used in any number': slices({ 'nvidia.com/mig-3g.40gb': '1k' }),
  'a wildcard allows what begins like it': slices({ 'nvidia.com/mig-1g.10gb': 1 }),
  'a wildcard allows the variants of a profile': slices({ 'nvidia.com/mig-1g.10gb.me': '2' }),
  'no whole GPU is none, as an integer': slices({ 'nvidia.com/gpu': 0, ...SLICE }),
  'no whole GPU is none, as a text': slices({ 'nvidia.com/gpu': '0', ...SLICE }),
  'a pod without accelerators needs no list': within('plain', { cpu: 1, memory: '1Gi' }),
  'a pod without resources needs no list': pod({ namespace: 'empty' }),
  'a network adapter is no accelerator': within('plain', { 'rdma/hca': 1 }),
  'a domain that ends like that of a vendor is another': within('team-a', { 'notnvidia.com/gpu': 1 }),
  'a domain that begins like that of a vendor is another': within('team-a', { 'nvidia.com.example/gpu': 1 }),
  'an implicit name is allowed with its device class': within('team-a', { [`${IMPLICIT}mig-3g-40gb`]: 1 }),
  'an implicit name may stand on the list': within('team-b', { [`${IMPLICIT}gpu.nvidia.com`]: '1' }),
  'blanks and empty entries of a list say nothing': within('untidy', WHOLE),
  'an implicit name is allowed by a class between blanks': within('untidy', {
    [`${IMPLICIT}mig-2g-20gb`]: 1,
  }),
  'a vendor may be allowed as a whole': within('research', {
    'nvidia.com/gpu.shared': 1,
    'nvidia.com/mig-7g.80gb': '1',
  }),
  'an exempt namespace may use what it likes': within('kube-system', WHOLE),
  'the namespace of the GPU operator is exempt': workload('DaemonSet', {
    namespace: 'gpu-operator',
    limits: WHOLE,
  }),
  'a namespace that is only audited is told and not held back': within('rollout', WHOLE),
  'a Deployment of a namespace that is only audited is let through': workload('Deployment', {
    namespace: 'rollout',
    limits: WHOLE,
  }),
  'a container without resources beside one with a slice is no matter': pod({
    limits: SLICE,
    spec: ON_SLICES,
    beside: [container('metrics')],
    init: [container('fetch')],
  }),
});

/** Names that team-a is not allowed, for each vendor some. */
const FORBIDDEN = [
  'nvidia.com/gpu.shared',
  'nvidia.com/mig-3g.40gb.shared',
  'nvidia.com/mig-3g.40gb.me',
  'nvidia.com/mig-7g.80gb',
  'nvidia.com/gpumem',
  'nvidia.com/pgpu',
  'nvidia.com/GH100_H100_PCIE',
  'amd.com/gpu',
  'gpu.intel.com/i915',
  'gpu.intel.com/xe',
  'habana.ai/gaudi',
  'google.com/tpu',
  'aws.amazon.com/neuron',
  'aws.amazon.com/neuroncore',
  'huawei.com/Ascend910',
  'cambricon.com/mlu',
  'metax-tech.com/gpu',
  `${IMPLICIT}gpu.nvidia.com`,
].map((name) => creates(`${name} is not on the list`, slices({ [name]: '1' }), by(POLICY)(name)));

const NAMES = denies(POLICY, {
  'a wildcard says nothing of other vendors': [slices({ 'amd.com/mig-1g.10gb': 1 }), 'amd.com/mig-1g.10gb'],
  'the dot of a wildcard is a dot': [slices({ 'nvidia.com/mig-1gx10gb': 1 }), 'nvidia.com/mig-1gx10gb'],
  'a wildcard wants what stands before it': [slices({ 'nvidia.com/mig-1g': 1 }), 'nvidia.com/mig-1g'],
  'a vendor that is allowed as a whole brings no other': [
    within('research', { 'amd.com/gpu': 1 }),
    'amd.com/gpu',
  ],
  'a GPU is not a share of one': [within('team-b', { 'nvidia.com/gpu.shared': 1 }), 'nvidia.com/gpu.shared'],
  'an empty entry allows nothing': [within('untidy', { 'amd.com/gpu': 1 }), 'amd.com/gpu'],
  'a star among classes stands for none of them': [
    within('misbound', { [`${IMPLICIT}gpu.nvidia.com`]: 1 }),
    `${IMPLICIT}gpu.nvidia.com`,
  ],
  'every forbidden name is named': [
    slices({ 'amd.com/gpu': 1, 'habana.ai/gaudi': '1', ...SLICE }),
    /(?=.*amd\.com\/gpu)(?=.*habana\.ai\/gaudi)/su,
  ],
});

const QUANTITIES = denies(POLICY, {
  'a whole GPU is not on the list, its number an integer': [
    slices(WHOLE),
    /nvidia\.com\/gpu\b.*nvidia\.com\/mig-3g\.40gb/su,
  ],
  'a whole GPU is not on the list, its number a text': [slices({ 'nvidia.com/gpu': '1' }), 'nvidia.com/gpu'],
  'a thousand GPUs are not on the list': [slices({ 'nvidia.com/gpu': '1k' }), 'nvidia.com/gpu'],
  'a thousand thousandths of a GPU are one': [slices({ 'nvidia.com/gpu': '1000m' }), 'nvidia.com/gpu'],
  'an exponent makes no difference': [slices({ 'nvidia.com/gpu': '1e0' }), 'nvidia.com/gpu'],
  'a request beside its limit is no other': [pod({ limits: WHOLE, requests: WHOLE }), 'nvidia.com/gpu'],
});

const REFUSED = [
  ...refused(
    'an extended resource comes in whole numbers',
    denies(POLICY, { 'half a GPU is something': [slices({ 'nvidia.com/gpu': '0.5' }), 'nvidia.com/gpu'] }),
  ),
  ...refused(
    'an extended resource needs a limit',
    denies(POLICY, { 'a request alone counts': [pod({ requests: WHOLE }), 'nvidia.com/gpu'] }),
  ),
];

const CONTAINERS = denies(POLICY, {
  'an init container is looked at': [
    pod({ limits: SLICE, spec: ON_SLICES, init: [container('warm-up', limited(WHOLE))] }),
    'warm-up',
  ],
  'a native sidecar is looked at': [
    pod({ init: [sidecar('proxy', limited({ 'nvidia.com/gpu': '1' }))] }),
    'proxy',
  ],
  'every container is looked at': [
    pod({
      limits: SLICE,
      spec: ON_SLICES,
      beside: [container('second'), container('third', limited(WHOLE))],
    }),
    'third',
  ],
  'the name of an agent is no excuse': [
    pod({ init: [sidecar('sidekey-agent', limited(WHOLE))] }),
    'nvidia.com/gpu',
  ],
});

const NAMESPACES = denies(POLICY, {
  'a namespace without a list may use no slice': [within('plain', SLICE), 'plain'],
  'a namespace with an empty list may use no slice': [within('empty', SLICE), 'nvidia.com/mig-3g.40gb'],
  'the list of another namespace does not count': [
    pod({ namespace: 'team-b', limits: SLICE, spec: { nodeSelector: { 'gpu-type': 'h100-full' } } }),
    'nvidia.com/mig-3g.40gb',
  ],
  'a namespace that says that it is enforced is': [within('enforced', WHOLE), 'nvidia.com/gpu'],
});

const { name: _, ...unnamed } = slices(WHOLE)['metadata'] as JsonObject;

const KINDS = [
  ...WORKLOAD_KINDS.map((kind) =>
    creates(`a ${kind} may have a slice`, workload(kind, { limits: SLICE, spec: ON_SLICES })),
  ),
  ...WORKLOAD_KINDS.map((kind) =>
    creates(
      `a ${kind} may not have a whole GPU`,
      workload(kind, { limits: WHOLE }),
      by(POLICY)('nvidia.com/gpu'),
    ),
  ),
  ...denies(POLICY, {
    'a pod that is yet to be named is judged': [
      { ...slices(WHOLE), metadata: { ...unnamed, generateName: 'model-' } },
      'nvidia.com/gpu',
    ],
    'the init container of a CronJob is looked at': [
      workload('CronJob', { init: [container('warm-up', limited({ 'nvidia.com/gpu': '1' }))] }),
      'warm-up',
    ],
  }),
];

/** One object before and after its limits change. */
const relimited = (
  kind: 'Deployment' | 'CronJob',
  name: string,
  before: JsonObject,
  after: JsonObject,
): readonly [JsonObject, JsonObject] => [
  workload(kind, { name, limits: before, spec: ON_SLICES }),
  workload(kind, { name, limits: after, spec: ON_SLICES }),
];

/** Its pods are judged one by one; what scales it has no part in what they are. */
function scaled(name: string, replicas: number): JsonObject {
  const deployment = workload('Deployment', { name, limits: WHOLE });
  return { ...deployment, spec: { ...objectIn(deployment, 'spec'), replicas } };
}

const UPDATES = [
  updates(
    'a Deployment may not be given a whole GPU',
    relimited('Deployment', 'given', SLICE, WHOLE),
    by(POLICY)('nvidia.com/gpu'),
  ),
  updates(
    'a Deployment that was there before is judged when it changes',
    relimited('Deployment', 'grown', WHOLE, { 'nvidia.com/gpu': 2 }),
    by(POLICY)('nvidia.com/gpu'),
  ),
  updates('a Deployment that was there before may be scaled', [scaled('scaled', 1), scaled('scaled', 3)]),
  updates('a Deployment may be mended', relimited('Deployment', 'mended', WHOLE, SLICE)),
  updates(
    'a CronJob may not be given a whole GPU',
    relimited('CronJob', 'nightly', SLICE, WHOLE),
    by(POLICY)('nvidia.com/gpu'),
  ),
  updates('a pod that was there before may be labelled', [
    pod({ name: 'before', limits: WHOLE }),
    pod({ name: 'before', limits: WHOLE, labels: { tier: 'gold' } }),
  ]),
];

export const GPU_RESOURCES: readonly Case[] = [
  ...ALLOWED,
  ...FORBIDDEN,
  ...NAMES,
  ...QUANTITIES,
  ...REFUSED,
  ...CONTAINERS,
  ...NAMESPACES,
  ...KINDS,
  ...UPDATES,
];
