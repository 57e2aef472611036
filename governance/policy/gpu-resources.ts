import { DEVICE_CLASS_DOMAIN } from '#contract/accelerators.ts';
import { DEVICE_CLASSES_KEY, GPU_RESOURCES_KEY } from '../tenancy.ts';
import { acceleratorPattern, requested, resourceIn } from './accelerators.ts';
import { cel, entriesOf, quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { listed, message, NAMESPACE } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { CHANGED, POD_VARIABLES, WORKLOADS } from './workloads.ts';

/** A trailing star of an entry stands for any rest. A DeviceClass that is allowed is so by its implicit name, too. */
const FORBIDDEN: NamedExpression = {
  name: 'forbidden',
  expression: cel`
    variables.requested.filter(e, ![${resourceIn('e')}].exists(r,
      variables.allowed.exists(a,
        a == r || (a.endsWith('*') && r.startsWith(a.substring(0, a.size() - 1)))) ||
      variables.classes.exists(d, r == ${quote(`${DEVICE_CLASS_DOMAIN}/`)} + d)))
  `,
};

const NAMESPACE_OF_EXAMPLES = {
  annotations: { [GPU_RESOURCES_KEY]: 'nvidia.com/mig-3g.40gb, nvidia.com/mig-1g.*' },
};

const limitedTo = (resource: string): Policy['examples']['good']['object'] =>
  pod({ containers: [{ ...SERVED_BY, resources: { limits: { [resource]: 1 } } }] });

const DECLARED = {
  name: 'sidekey-gpu-resources',
  title: 'Accelerators belong to the namespace',
  reason:
    'Each team has the accelerators that it is given, and no others: a slice of a GPU must not grow into a whole one by another name.',
  severity: 'high',
  controls: [
    'ISO 27001 A.5.15',
    'ISO 27001 A.8.3',
    'SOC 2 CC6.1',
    'NIS2 21(2)(i)',
    'DORA Art. 9',
    'TISAX 4.2',
  ],
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: WORKLOADS,
  conditions: [CHANGED],
  validations: [
    {
      expression: 'variables.forbidden.size() == 0',
      message: `a container asks for an accelerator that the annotation ${GPU_RESOURCES_KEY} of its namespace does not allow`,
      messageExpression: message`namespace ${NAMESPACE} may not use: ${listed('variables.forbidden')}. Allowed here: ${listed('variables.allowed')}. Write one of these, or ask the platform team to add the name to the annotation sidekey.dev/gpu-resources of the namespace`,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: {
      title: 'team-a takes the slice that it has',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: limitedTo('nvidia.com/mig-3g.40gb'),
    },
    bad: {
      title: 'team-a takes a whole GPU',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: limitedTo('nvidia.com/gpu'),
    },
  },
} as const satisfies Partial<Policy>;

export const gpuResources = (settings: PolicySettings): Policy => ({
  ...DECLARED,
  variables: [
    ...POD_VARIABLES,
    { name: 'allowed', expression: entriesOf(GPU_RESOURCES_KEY) },
    { name: 'classes', expression: entriesOf(DEVICE_CLASSES_KEY) },
    requested(acceleratorPattern(settings)),
    FORBIDDEN,
  ],
});
