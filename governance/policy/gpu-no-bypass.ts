import { NVIDIA_PATTERN, SOME_CLAIM, someLimit } from './accelerators.ts';
import { allEmpty, cel, flattened, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { isWayToDevices } from './host-paths.ts';
import { allFindings, type Finding, listed, message } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import {
  ANNOTATIONS,
  CONTROLLERS,
  EPHEMERAL_CONTAINERS,
  IS_NEW,
  POD_VARIABLES_WITH_DEBUGGERS,
  PODS_AND_CHANGES,
  templateOf,
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

/** Annotations that container runtimes and their plugins take for requests for devices, or for mounts of the node. */
const DEVICE_ANNOTATIONS = quote(
  `^(${[
    '([a-z0-9-]+[.])*cdi[.]k8s[.]io',
    '([a-z0-9-]+[.])*nri[.]io',
    '((cdi-)?devices|mounts)[.]noderesource[.]dev',
    'devices[.]crio[.]io',
    'io[.]kubernetes[.]cri-o[.]devices',
  ].join('|')})(/|$)`,
);

const annotationsOf = (object: string): string => `dyn(${object}).?metadata.?annotations.orValue({})`;
const debuggersOf = (object: string): string => `dyn(${object}).?spec.?ephemeralContainers.orValue([])`;

/** Annotations that ask for devices and are new: a pod that was there before may keep what it has. */
const ADDED_ANNOTATIONS = cel`
  ${annotationsOf('object')}.exists(k,
    k.lowerAscii().matches(${DEVICE_ANNOTATIONS}) &&
    !(k in ${annotationsOf('oldObject')} &&
      ${annotationsOf('oldObject')}[k] == ${annotationsOf('object')}[k]))
`;

/** A pod that waits for a scheduling gate has no container yet, and can be given annotations until then. */
const CONDITION: NamedExpression = {
  name: 'changes-the-pods',
  expression: cel`
    ${IS_NEW} ||
    (object.kind == 'Pod' ?
      ${debuggersOf('object')} != ${debuggersOf('oldObject')} ||
      ${ADDED_ANNOTATIONS} :
    (${templateOf('object')}) !=
    (${templateOf('oldObject')}))
  `,
};

const VARIABLES: readonly NamedExpression[] = [
  ...POD_VARIABLES_WITH_DEBUGGERS,
  {
    name: 'deviceVariables',
    expression: flattened(cel`
      variables.containers.map(c, c.?env.orValue([]).filter(e,
        e.name in ${DEVICE_VARIABLES} &&
        (e.?valueFrom.hasValue() || !(e.?value.orValue('') in ${NO_DEVICES})))
      .map(e, c.name + ' -> ' + e.name).join('\n'))
    `),
  },
  {
    name: 'deviceAnnotations',
    expression: cel`
      ${ANNOTATIONS.expression}.map(k, k)
        .filter(k, k.lowerAscii().matches(${DEVICE_ANNOTATIONS}))
    `,
  },
  {
    name: 'deviceMounts',
    expression: flattened(cel`
      variables.containers.map(c, c.?volumeMounts.orValue([])
        .filter(m, m.mountPath.contains('nvidia-container-devices'))
        .map(m, c.name + ' -> ' + m.mountPath).join('\n'))
    `),
  },
  {
    name: 'hostPaths',
    expression: cel`
      (variables.isOldPod ? [] : variables.podSpec.?volumes.orValue([]))
        .filter(v, v.?hostPath.hasValue())
        .filter(v, ${isWayToDevices('v.hostPath.path')})
        .map(v, v.name + ' -> ' + v.hostPath.path)
    `,
  },
  {
    name: 'privileged',
    expression:
      'variables.containers.filter(c, c.?securityContext.?privileged.orValue(false)).map(c, c.name)',
  },
  {
    name: 'idleRuntimes',
    expression: cel`
      [variables.podSpec.?runtimeClassName.orValue('')].filter(n,
        n.startsWith('nvidia') && !variables.isOldPod &&
        !${someLimit(NVIDIA_PATTERN)} &&
        !${SOME_CLAIM})
    `,
  },
];

const FINDINGS: readonly Finding[] = [
  {
    list: 'variables.deviceVariables',
    text: message`variables that ask the container runtime for devices: ${listed('variables.deviceVariables')} (allowed are the values "void", "none" and the empty one)`,
  },
  {
    list: 'variables.deviceAnnotations',
    text: message`annotations that ask the container runtime for devices: ${listed('variables.deviceAnnotations')} (none is allowed)`,
  },
  {
    list: 'variables.deviceMounts',
    text: message`mounts that ask the container runtime for devices: ${listed('variables.deviceMounts')} (none is allowed below nvidia-container-devices)`,
  },
  {
    list: 'variables.hostPaths',
    text: message`hostPath volumes that lead to devices of the node: ${listed('variables.hostPaths')} (allowed are directories that hold none and hand none out, such as /dev/shm)`,
  },
  {
    list: 'variables.privileged',
    text: message`privileged containers, which see every device of the node: ${listed('variables.privileged')} (none is allowed; write securityContext.privileged: false)`,
  },
  {
    list: 'variables.idleRuntimes',
    text: message`a runtime that shows containers without limits all GPUs or none: runtimeClassName ${listed('variables.idleRuntimes')} (allowed beside an accelerator of NVIDIA in resources.limits, or a ResourceClaim)`,
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
    'Judged are variables such as NVIDIA_VISIBLE_DEVICES, annotations of CDI, NRI and CRI-O, mounts below nvidia-container-devices, hostPath volumes, privileged containers, and runtimeClassName nvidia without a limit. Agents of the platform that need the node itself, such as exporters and storage, belong to an exempt namespace. Neither envFrom nor the variables of an image are seen here: set accept-nvidia-visible-devices-envvar-when-unprivileged=false on the nodes.',
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: [PODS_AND_CHANGES, EPHEMERAL_CONTAINERS, ...CONTROLLERS],
  conditions: [CONDITION],
  variables: VARIABLES,
  validations: [
    {
      expression: allEmpty(FINDINGS.map(({ list }) => list)),
      message:
        'accelerators are had by resources.limits or a ResourceClaim, and neither by variables, annotations, mounts, paths of the node nor privileges',
      messageExpression: message`this is a way around the limits of accelerators: ${allFindings(FINDINGS)}. Take it out, and write resources.limits or a ResourceClaim for what the container needs; agents of the platform belong to a namespace of the platform`,
    },
  ],
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
