import { hasLimit, HAS_CLAIM, NVIDIA_PATTERN } from './accelerators.ts';
import { allEmpty, allOf, listed, message, partOf, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { isWayToDevices } from './host-paths.ts';
import type { NamedExpression, Policy, Validation } from './policy.ts';
import {
  ALL_CONTAINERS,
  EPHEMERAL_CONTAINERS,
  IS_NEW,
  IS_OLD_POD,
  POD_SPEC,
  TEMPLATE,
  templateOf,
  WORKLOADS,
} from './workloads.ts';

/** Variables by which a runtime is asked for devices, whatever the container's limits are. */
const DEVICE_VARIABLES = quoteAll([
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_MIG_CONFIG_DEVICES',
  'NVIDIA_MIG_MONITOR_DEVICES',
  'NVIDIA_IMEX_CHANNELS',
  'NVIDIA_NVSWITCH',
  'AMD_VISIBLE_DEVICES',
  'ASCEND_VISIBLE_DEVICES',
  'AWS_NEURON_VISIBLE_DEVICES',
  'CAMBRICON_VISIBLE_DEVICES',
  'HABANA_VISIBLE_DEVICES',
  'METAX_VISIBLE_DEVICES',
  'MTHREADS_VISIBLE_DEVICES',
]);

/** Values that ask for none. */
const NO_DEVICES = quoteAll(['', 'void', 'none']);

/** Annotations that container runtimes and their plugins take for requests for devices or mounts. */
const DEVICE_ANNOTATIONS = quote(
  '^(([a-z0-9-]+[.])*cdi[.]k8s[.]io|([a-z0-9-]+[.])*nri[.]io|(cdi-)?devices[.]noderesource[.]dev|mounts[.]noderesource[.]dev|devices[.]crio[.]io)(/|$)|^io[.]kubernetes[.]cri-o[.]devices($|/)',
);

const annotationsOf = (object: string): string => `dyn(${object}).?metadata.?annotations.orValue({})`;

/** Annotations of a pod that ask for devices and are new; an old pod may keep what it has. */
const ADDED = `${annotationsOf('object')}.exists(k, k.lowerAscii().matches(${DEVICE_ANNOTATIONS}) && !(k in ${annotationsOf('oldObject')} && ${annotationsOf('oldObject')}[k] == ${annotationsOf('object')}[k]))`;

const ephemeralOf = (object: string): string => `dyn(${object}).?spec.?ephemeralContainers.orValue([])`;

/** A pod that waits for a scheduling gate has no container yet, and can be given annotations until then. */
const CONDITION: NamedExpression = {
  name: 'changes-the-pods',
  expression:
    `${IS_NEW} || (object.kind == 'Pod' ? ` +
    `${ephemeralOf('object')} != ${ephemeralOf('oldObject')} || ${ADDED} : ` +
    `${templateOf('object')} != ${templateOf('oldObject')})`,
};

const VARIABLES: readonly NamedExpression[] = [
  TEMPLATE,
  POD_SPEC,
  IS_OLD_POD,
  ALL_CONTAINERS,
  {
    name: 'deviceVariables',
    expression: `variables.containers.map(c, c.?env.orValue([]).filter(e, e.name in ${DEVICE_VARIABLES} && (e.?valueFrom.hasValue() || !(e.?value.orValue('') in ${NO_DEVICES}))).map(e, c.name + ' -> ' + e.name).join(', ')).filter(f, f != '')`,
  },
  {
    name: 'deviceAnnotations',
    expression: `variables.template.?metadata.?annotations.orValue({}).map(k, k).filter(k, k.lowerAscii().matches(${DEVICE_ANNOTATIONS}))`,
  },
  {
    name: 'deviceMounts',
    expression:
      "variables.containers.map(c, c.?volumeMounts.orValue([]).map(m, m.mountPath).filter(p, p.contains('nvidia-container-devices')).map(p, c.name + ' -> ' + p).join(', ')).filter(f, f != '')",
  },
  {
    name: 'hostPaths',
    expression: `variables.isOldPod ? [] : variables.podSpec.?volumes.orValue([]).filter(v, v.?hostPath.hasValue() && ${isWayToDevices('v.hostPath.path')}).map(v, v.name + ' -> ' + v.hostPath.path)`,
  },
  {
    name: 'privileged',
    expression:
      'variables.containers.filter(c, c.?securityContext.?privileged.orValue(false)).map(c, c.name)',
  },
  {
    name: 'idleRuntimes',
    expression: `[variables.podSpec.?runtimeClassName.orValue('')].filter(n, n.startsWith('nvidia') && !variables.isOldPod && !(variables.containers.exists(c, ${hasLimit('c', NVIDIA_PATTERN)}) || ${HAS_CLAIM}))`,
  },
];

/** What is said of each list of findings. */
const PARTS: readonly (readonly [string, string])[] = [
  [
    'variables.deviceVariables',
    message`variables that ask the container runtime for devices: ${listed('variables.deviceVariables')} (allowed are the values "void", "none" and the empty one)`,
  ],
  [
    'variables.deviceAnnotations',
    message`annotations that ask the container runtime for devices: ${listed('variables.deviceAnnotations')} (none is allowed)`,
  ],
  [
    'variables.deviceMounts',
    message`mounts that ask the container runtime for devices: ${listed('variables.deviceMounts')} (none is allowed below nvidia-container-devices)`,
  ],
  [
    'variables.hostPaths',
    message`hostPath volumes that lead to devices of the node: ${listed('variables.hostPaths')} (allowed are directories that hold none and hand none out, such as /dev/shm)`,
  ],
  [
    'variables.privileged',
    message`privileged containers, which see every device of the node: ${listed('variables.privileged')} (none is allowed; write securityContext.privileged: false)`,
  ],
  [
    'variables.idleRuntimes',
    message`a runtime that shows containers without limits all GPUs or none: runtimeClassName ${listed('variables.idleRuntimes')} (allowed beside an accelerator of NVIDIA in resources.limits, or a ResourceClaim)`,
  ],
];

const VALIDATIONS: readonly Validation[] = [
  {
    expression: allEmpty(PARTS.map(([list]) => list)),
    message:
      'accelerators are had by resources.limits or a ResourceClaim, and neither by variables, annotations, mounts, paths of the node nor privileges',
    messageExpression: message`this is a way around the limits of accelerators: ${allOf(PARTS.map(([list, text]) => partOf(list, text)))}. Take it out, and write resources.limits or a ResourceClaim for what the container needs; agents of the platform belong to a namespace of the platform`,
  },
];

export const GPU_NO_BYPASS: Policy = {
  name: 'sidekey-gpu-no-bypass',
  title: 'No way to a device but by limits and claims',
  reason:
    'Container runtimes hand out GPUs to whoever names them in a variable, an annotation or a mount, beside what the scheduler counted; then slices isolate nobody.',
  severity: 'critical',
  controls: [
    'ISO 27001 A.8.2',
    'ISO 27001 A.8.22',
    'SOC 2 CC6.1',
    'NIS2 21(2)(i)',
    'DORA Art. 9',
    'TISAX 5.2',
  ],
  advice:
    'Agents of the platform that need the node itself, such as exporters and storage, belong to an exempt namespace. Neither envFrom nor the variables of an image are seen here: set accept-nvidia-visible-devices-envvar-when-unprivileged=false on the nodes.',
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: [
    ...WORKLOADS.map((rule) =>
      rule.resources.includes('pods') ? { ...rule, operations: ['CREATE', 'UPDATE'] as const } : rule,
    ),
    EPHEMERAL_CONTAINERS,
  ],
  conditions: [CONDITION],
  variables: VARIABLES,
  validations: VALIDATIONS,
  auditAnnotations: [],
  examples: {
    good: {
      title: 'a container says that it wants no GPU',
      object: pod({
        containers: [{ ...SERVED_BY, env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }] }],
      }),
    },
    bad: {
      title: 'a container with a slice helps itself to all GPUs of the node',
      object: pod({
        containers: [
          {
            ...SERVED_BY,
            env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }],
            resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } },
          },
        ],
      }),
    },
  },
};
