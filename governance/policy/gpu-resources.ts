import { GPU_RESOURCES_KEY, DEVICE_CLASSES_KEY } from '../tenancy.ts';
import { acceleratorPattern, requestedNames } from './accelerators.ts';
import { entriesOf, listed, message, NAMESPACE, quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy } from './policy.ts';
import { DEVICE_CLASS_DOMAIN, type PolicySettings } from './settings.ts';
import { CHANGED, POD_VARIABLES, WORKLOADS } from './workloads.ts';

/** A trailing star of an entry stands for any rest; a DeviceClass that is allowed is so by its implicit name, too. */
const IS_ALLOWED =
  `(variables.allowed.exists(e, e == r || (e.endsWith('*') && r.startsWith(e.substring(0, e.size() - 1))))` +
  ` || variables.classes.exists(d, r == ${quote(`${DEVICE_CLASS_DOMAIN}/`)} + d))`;

/** What is found, by container. */
const forbidden = (settings: PolicySettings): NamedExpression => ({
  name: 'forbidden',
  expression:
    `variables.containers.map(c, ${requestedNames('c', acceleratorPattern(settings))}` +
    `.filter(r, !${IS_ALLOWED}).map(r, c.name + ' -> ' + r).join(', ')).filter(f, f != '')`,
});

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
      namespace: { annotations: { [GPU_RESOURCES_KEY]: 'nvidia.com/mig-3g.40gb, nvidia.com/mig-1g.*' } },
      object: pod({ containers: [{ ...SERVED_BY, resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } }] }),
    },
    bad: {
      title: 'team-a takes a whole GPU',
      namespace: { annotations: { [GPU_RESOURCES_KEY]: 'nvidia.com/mig-3g.40gb, nvidia.com/mig-1g.*' } },
      object: pod({ containers: [{ ...SERVED_BY, resources: { limits: { 'nvidia.com/gpu': 1 } } }] }),
    },
  },
} as const satisfies Partial<Policy>;

export const gpuResources = (settings: PolicySettings): Policy => ({
  ...DECLARED,
  variables: [
    ...POD_VARIABLES,
    { name: 'allowed', expression: entriesOf(GPU_RESOURCES_KEY) },
    { name: 'classes', expression: entriesOf(DEVICE_CLASSES_KEY) },
    forbidden(settings),
  ],
});
