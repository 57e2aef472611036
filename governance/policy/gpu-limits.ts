import { GPU_NODE_SELECTOR_KEY, GPU_REQUIRED_LABEL, GPU_RESOURCES_KEY } from '../tenancy.ts';
import { acceleratorPattern, SOME_CLAIM, someLimit } from './accelerators.ts';
import { cel, entriesOf, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { listed, message } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { CHANGED, POD_VARIABLES, WORKLOADS } from './workloads.ts';

/** On a pod: `gpu` says that it computes on an accelerator. */
const WORKLOAD_LABEL = 'sidekey.dev/workload';

/** Labels of nodes with accelerators that begin with no vendor's domain. */
const NODE_LABELS = quoteAll([
  'gpu-type',
  'cloud.google.com/gke-accelerator',
  'cloud.google.com/gke-tpu-accelerator',
  'k8s.amazonaws.com/accelerator',
]);

/** Whether a label `k` is one of nodes with accelerators. */
const isNodeLabel = (settings: PolicySettings): string =>
  `(k in ${NODE_LABELS} || k.matches(${acceleratorPattern(settings)}))`;

/** A label of the namespace's own selector counts, too, whatever it is called. */
const selectedLabels = (settings: PolicySettings): string => cel`
  variables.podSpec.?nodeSelector.orValue({}).map(k, k).filter(k,
    variables.podSpec.nodeSelector[k] != 'false' &&
    (${isNodeLabel(settings)} || (k + '=' + variables.podSpec.nodeSelector[k]) in variables.selector))
  .map(k, 'nodeSelector ' + k)
`;

/** A pod that keeps away from such nodes is not meant for them. */
const requiredLabels = (settings: PolicySettings): string => cel`
  (variables.podSpec.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution
    .?nodeSelectorTerms.orValue([]).exists(t, t.?matchExpressions.orValue([]).exists(m,
      m.operator in ['In', 'Exists'] && m.?values.orValue([]) != ['false'] &&
      [m.key].exists(k, ${isNodeLabel(settings)})))
    ? ['affinity'] : [])
`;

/** The taint of nodes with accelerators; what tolerates every taint is not meant for these. */
const toleratedTaints = (settings: PolicySettings): string => cel`
  variables.podSpec.?tolerations.orValue([]).map(t, t.?key.orValue(''))
    .filter(k, k.matches(${acceleratorPattern(settings)})).map(k, 'toleration ' + k)
`;

/** Why the pod is taken for one that computes on accelerators. */
const reasons = (settings: PolicySettings): NamedExpression => ({
  name: 'reasons',
  expression: cel`
    (namespaceObject.metadata.?labels[?${quote(GPU_REQUIRED_LABEL)}].orValue('') == 'true'
      ? ['a namespace of GPU pods alone'] : []) +
    (variables.template.?metadata.?labels[?${quote(WORKLOAD_LABEL)}].orValue('') == 'gpu'
      ? ['label ${WORKLOAD_LABEL}'] : []) +
    [variables.podSpec.?runtimeClassName.orValue('')].filter(n, n.startsWith('nvidia')).map(n, 'runtimeClassName ' + n) +
    ${selectedLabels(settings)} +
    ${requiredLabels(settings)} +
    ${toleratedTaints(settings)}
  `,
});

const DECLARED = {
  name: 'sidekey-gpu-limits',
  title: 'GPU pods carry accelerator limits',
  reason:
    'A pod on a GPU node without a limit is in nobody’s count: the scheduler, the quota and the bill do not know of it, and under some runtimes it sees every GPU of the node.',
  severity: 'medium',
  advice: `A pod is meant for accelerators if it selects, requires or tolerates the nodes that have some, if its runtimeClassName begins with "nvidia", if it has the label ${WORKLOAD_LABEL}: gpu, or if its namespace has the label ${GPU_REQUIRED_LABEL}: "true".`,
  controls: ['ISO 27001 A.8.6', 'SOC 2 A1.1', 'DORA Art. 9'],
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: WORKLOADS,
  conditions: [CHANGED],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'the model server has a slice; containers beside it need none',
      object: pod({
        nodeSelector: { 'gpu-type': 'h100-mig' },
        containers: [
          { ...SERVED_BY, resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } },
          { name: 'metrics', image: 'registry.example/metrics:2' },
        ],
      }),
    },
    bad: {
      title: 'a pod goes to the nodes with GPUs and takes nothing there',
      object: pod({ nodeSelector: { 'gpu-type': 'h100-mig' }, containers: [SERVED_BY] }),
    },
  },
} as const satisfies Partial<Policy>;

export const gpuLimits = (settings: PolicySettings): Policy => ({
  ...DECLARED,
  variables: [
    ...POD_VARIABLES,
    { name: 'allowed', expression: entriesOf(GPU_RESOURCES_KEY) },
    { name: 'selector', expression: entriesOf(GPU_NODE_SELECTOR_KEY) },
    reasons(settings),
  ],
  validations: [
    {
      expression: cel`
        variables.reasons.size() == 0 ||
        ${someLimit(acceleratorPattern(settings))} ||
        ${SOME_CLAIM}
      `,
      message:
        'a pod that is meant for accelerators has none in resources.limits: write, for example, nvidia.com/mig-3g.40gb: 1 on the container that computes',
      messageExpression: message`this pod is meant for accelerators (${listed('variables.reasons')}), but no container of it has one. Allowed here: ${listed('variables.allowed')}. Write resources.limits, such as nvidia.com/mig-3g.40gb: 1, on the container that computes (any container or init container will do, or a ResourceClaim), or take out what asks for such nodes`,
    },
  ],
});
