import type { JsonObject } from '#contract/json.ts';
import type { Case } from './case.ts';
import {
  allows,
  by,
  container,
  creates,
  denies,
  ON_SLICES,
  pod,
  sidecar,
  SLICE,
  updates,
  variable,
  workload,
  WORKLOAD_KINDS,
} from './objects.ts';

const POLICY = 'sidekey-gpu-no-bypass';
const VISIBLE = 'NVIDIA_VISIBLE_DEVICES';
const ALL = variable(VISIBLE, 'all');

const withEnv = (...env: readonly JsonObject[]): JsonObject => pod({ env });
const from = (source: JsonObject): JsonObject => pod({ env: [{ name: VISIBLE, valueFrom: source }] });
const annotated = (key: string, value = 'nvidia.com/gpu=all'): JsonObject =>
  pod({ annotations: { [key]: value } });

const VARIABLES = denies(POLICY, {
  'a variable that shows all GPUs': [withEnv(ALL), VISIBLE],
  'a variable that shows the first GPU': [withEnv(variable(VISIBLE, '0')), VISIBLE],
  'a variable that shows a GPU by its id': [
    withEnv(variable(VISIBLE, 'GPU-5ebe9f43-ef1d-41d7-8f3b-2c7a3b9d1c11')),
    VISIBLE,
  ],
  'a variable that shows all GPUs beside a slice': [
    pod({ env: [ALL], limits: SLICE, spec: ON_SLICES }),
    VISIBLE,
  ],
  'a variable that shows what another says': [
    withEnv(variable('DEVICES', 'all'), variable(VISIBLE, '$(DEVICES)')),
    VISIBLE,
  ],
  'a variable that is said twice': [withEnv(variable(VISIBLE, 'void'), ALL), VISIBLE],
  'a variable that shows what a Secret says': [
    from({ secretKeyRef: { name: 'gpu', key: 'devices' } }),
    VISIBLE,
  ],
  'a variable that shows what a ConfigMap says': [
    from({ configMapKeyRef: { name: 'gpu', key: 'devices', optional: true } }),
    VISIBLE,
  ],
  'a variable that shows what an annotation says': [
    from({ fieldRef: { fieldPath: "metadata.annotations['devices']" } }),
    VISIBLE,
  ],
  'a variable of an init container': [pod({ init: [container('warm-up', { env: [ALL] })] }), 'warm-up'],
  'a variable of a native sidecar': [pod({ init: [sidecar('proxy', { env: [ALL] })] }), 'proxy'],
  'a variable of the last container': [pod({ beside: [container('metrics', { env: [ALL] })] }), 'metrics'],
  'a variable that reconfigures slices': [
    withEnv(variable('NVIDIA_MIG_CONFIG_DEVICES', 'all')),
    'NVIDIA_MIG_CONFIG_DEVICES',
  ],
  'a variable that watches slices': [
    withEnv(variable('NVIDIA_MIG_MONITOR_DEVICES', 'all')),
    'NVIDIA_MIG_MONITOR_DEVICES',
  ],
  'a variable that opens channels to other nodes': [
    withEnv(variable('NVIDIA_IMEX_CHANNELS', '0')),
    'NVIDIA_IMEX_CHANNELS',
  ],
  'a variable that shows all GPUs of AMD': [
    withEnv(variable('AMD_VISIBLE_DEVICES', 'all')),
    'AMD_VISIBLE_DEVICES',
  ],
  'a variable that shows all of Gaudi': [
    withEnv(variable('HABANA_VISIBLE_DEVICES', 'all')),
    'HABANA_VISIBLE_DEVICES',
  ],
});

const ANNOTATIONS = denies(POLICY, {
  'an annotation for the runtime': [annotated('cdi.k8s.io/model'), 'cdi.k8s.io/model'],
  'an annotation for the runtime in the form of a device plugin': [
    annotated('cdi.k8s.io/nvidia-device-plugin_0'),
    'cdi.k8s.io/',
  ],
  'an annotation for the plugin of the runtime': [
    annotated('nvidia.cdi.k8s.io/container.model-server', 'management.nvidia.com/gpu=all'),
    'nvidia.cdi.k8s.io/container.model-server',
  ],
  'an annotation for another runtime': [
    annotated('io.kubernetes.cri-o.Devices', '/dev/nvidia0:/dev/nvidia0:rwm'),
    'io.kubernetes.cri-o.Devices',
  ],
  'an annotation in the template of a Deployment': [
    workload('Deployment', { annotations: { 'cdi.k8s.io/model': 'nvidia.com/gpu=0' } }),
    'cdi.k8s.io/model',
  ],
  'an annotation in the template of a CronJob': [
    workload('CronJob', { annotations: { 'cdi.k8s.io/model': 'nvidia.com/gpu=0' } }),
    'cdi.k8s.io/model',
  ],
});

const PRIVILEGES = denies(POLICY, {
  'a privileged container, which sees every device of the node': [
    pod({ container: { securityContext: { privileged: true } } }),
    'privileged',
  ],
  'a privileged init container': [
    pod({ init: [container('sysctl', { securityContext: { privileged: true } })] }),
    'privileged',
  ],
  'a privileged container beside a slice': [
    pod({ limits: SLICE, spec: ON_SLICES, container: { securityContext: { privileged: true } } }),
    'privileged',
  ],
  'a DaemonSet of privileged containers': [
    workload('DaemonSet', { namespace: 'plain', container: { securityContext: { privileged: true } } }),
    'privileged',
  ],
});

const ALLOWED = allows({
  'a variable that shows no GPU by an empty value': withEnv({ name: VISIBLE, value: '' }),
  'a variable that shows no GPU by no value': withEnv({ name: VISIBLE }),
  'a variable that shows no GPU': withEnv(variable(VISIBLE, 'void')),
  'a variable that shows the driver and no GPU': withEnv(variable(VISIBLE, 'none')),
  'a variable that orders what the container has': withEnv(variable('CUDA_VISIBLE_DEVICES', '0')),
  'a variable that orders what the container has of AMD': withEnv(variable('ROCR_VISIBLE_DEVICES', '0')),
  'a variable that says what the driver is for': withEnv(
    variable('NVIDIA_DRIVER_CAPABILITIES', 'compute,utility'),
  ),
  'another variable that says "all"': withEnv(variable('LOG_TARGETS', 'all')),
  'variables of a Secret, whose names nobody sees here': pod({
    container: { envFrom: [{ secretRef: { name: 'settings' } }] },
  }),
  'another annotation': annotated('cdi.example.com/model'),
  'an annotation that names a GPU': annotated('description', 'cdi.k8s.io/model=nvidia.com/gpu=all'),
  'a container that says that it is not privileged': pod({
    container: { securityContext: { privileged: false, allowPrivilegeEscalation: false } },
  }),
  'all of it in an exempt namespace': pod({
    namespace: 'gpu-operator',
    env: [ALL],
    annotations: { 'cdi.k8s.io/model': 'nvidia.com/gpu=all' },
    container: { securityContext: { privileged: true } },
    spec: { volumes: [{ name: 'dev', hostPath: { path: '/dev' } }] },
  }),
  'a variable in a namespace that is only audited': pod({ namespace: 'rollout', env: [ALL] }),
});

const KINDS = WORKLOAD_KINDS.map((kind) =>
  creates(`a ${kind} whose pods see all GPUs`, workload(kind, { env: [ALL] }), by(POLICY)(VISIBLE)),
);

/** A pod before and after somebody debugs it. */
const debugging = (
  name: string,
  fields: JsonObject,
  parts: Parameters<typeof pod>[0] = {},
): readonly [JsonObject, JsonObject] => [
  pod({ ...parts, name }),
  pod({ ...parts, name, spec: { ...parts.spec, ephemeralContainers: [container('debugger', fields)] } }),
];

const NULL_DEVICE = { volumes: [{ name: 'host', hostPath: { path: '/dev/null' } }] };

const DEBUGGED: readonly Case[] = [
  updates('a debugger that sees all GPUs', debugging('debugged', { env: [ALL] }), by(POLICY)('debugger')),
  updates(
    'a privileged debugger',
    debugging('debugged-more', { securityContext: { privileged: true } }),
    by(POLICY)('privileged'),
  ),
  updates(
    'a debugger with a mount that asks for all GPUs',
    debugging(
      'debugged-mount',
      { volumeMounts: [{ name: 'host', mountPath: '/var/run/nvidia-container-devices/all' }] },
      { spec: NULL_DEVICE },
    ),
    by(POLICY)('nvidia-container-devices'),
  ),
  updates('a debugger that sees no GPU', debugging('debugged-less', { env: [variable(VISIBLE, 'void')] })),
  updates(
    'a debugger of a pod that sees all GPUs from before',
    debugging('debugged-old', {}, { env: [ALL] }),
  ),
].map((one) => ({ ...one, subresource: 'ephemeralcontainers' as const }));

/** A pod before and after it is annotated, while nothing has started it. */
const gated = (
  name: string,
  annotations: Readonly<Record<string, string>>,
): readonly [JsonObject, JsonObject] => {
  const parts = { name, spec: { schedulingGates: [{ name: 'example.com/quota' }] } };
  return [pod(parts), pod({ ...parts, annotations })];
};

const UPDATES: readonly Case[] = [
  updates(
    'a Deployment may not be given all GPUs',
    [workload('Deployment', { name: 'shown' }), workload('Deployment', { name: 'shown', env: [ALL] })],
    by(POLICY)(VISIBLE),
  ),
  updates(
    'a pod that waits for its gate may not be given an annotation for the runtime',
    gated('gated', { 'cdi.k8s.io/model': 'nvidia.com/gpu=all' }),
    by(POLICY)('cdi.k8s.io/model'),
  ),
  updates('a pod that waits for its gate may be annotated', gated('gated-too', { note: 'ours' })),
  updates('a pod that sees all GPUs from before may be labelled', [
    pod({ name: 'seeing', env: [ALL] }),
    pod({ name: 'seeing', env: [ALL], labels: { tier: 'gold' } }),
  ]),
];

export const GPU_NO_BYPASS: readonly Case[] = [
  ...VARIABLES,
  ...ANNOTATIONS,
  ...PRIVILEGES,
  ...ALLOWED,
  ...KINDS,
  ...DEBUGGED,
  ...UPDATES,
];
