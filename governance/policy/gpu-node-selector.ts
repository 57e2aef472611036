import { GPU_NODE_SELECTOR_KEY, MIG_STRATEGY_KEY } from '../tenancy.ts';
import { NVIDIA_PATTERN, requested, resourceIn } from './accelerators.ts';
import { cel, entriesOf, quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { listed, message } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import { CHANGED, POD_VARIABLES, WORKLOADS } from './workloads.ts';

const VARIABLES: readonly NamedExpression[] = [
  ...POD_VARIABLES,
  { name: 'wanted', expression: `${entriesOf(GPU_NODE_SELECTOR_KEY)}.filter(e, e.contains('='))` },
  // With the strategy `single` a slice is called like a GPU, and only the node tells them apart.
  {
    name: 'slicePrefix',
    expression: cel`
      namespaceObject.metadata.?annotations[?${quote(MIG_STRATEGY_KEY)}].orValue('').trim() in ['mixed', '']
        ? 'nvidia.com/mig-' : 'nvidia.com/'
    `,
  },
  requested(NVIDIA_PATTERN),
  {
    name: 'slices',
    expression: `variables.requested.filter(e, ${resourceIn('e')}.startsWith(variables.slicePrefix))`,
  },
  {
    name: 'missing',
    expression: cel`
      variables.slices.size() == 0 ? [] : variables.wanted.filter(w, [w.split('=')[0].trim()].exists(k,
        !(k in variables.podSpec.?nodeSelector.orValue({})) ||
        variables.podSpec.nodeSelector[k] != w.substring(w.indexOf('=') + 1).trim()))
    `,
  },
];

const NAMESPACE_OF_EXAMPLES = { annotations: { [GPU_NODE_SELECTOR_KEY]: 'gpu-type=h100-mig' } };
const CONTAINERS = [{ ...SERVED_BY, resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } }];

export const GPU_NODE_SELECTOR: Policy = {
  name: 'sidekey-gpu-node-selector',
  title: 'Slices are taken on the nodes that are for them',
  reason:
    'The name of a slice says nothing of the card that it is on, and with the MIG strategy "single" not even that it is a slice: the node selector does.',
  severity: 'medium',
  controls: ['ISO 27001 A.8.6', 'SOC 2 CC6.1', 'DORA Art. 9'],
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: WORKLOADS,
  conditions: [CHANGED],
  variables: VARIABLES,
  validations: [
    {
      expression: 'variables.missing.size() == 0',
      message: `a pod with slices of a GPU has to select the nodes that the annotation ${GPU_NODE_SELECTOR_KEY} of its namespace names`,
      messageExpression: message`this pod takes slices (${listed('variables.slices')}), but its nodeSelector is without ${listed('variables.missing')}. Slices of this namespace are on nodes with: ${listed('variables.wanted')}. Write these labels into spec.nodeSelector`,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'a slice on the nodes of slices',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: pod({ nodeSelector: { 'gpu-type': 'h100-mig' }, containers: CONTAINERS }),
    },
    bad: {
      title: 'a slice on whatever node',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: pod({ containers: CONTAINERS }),
    },
  },
};
