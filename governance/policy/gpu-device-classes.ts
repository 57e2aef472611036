import type { JsonObject } from '#contract/json.ts';
import { DEVICE_CLASSES_KEY } from '../tenancy.ts';
import { entriesOf, listed, message, NAMESPACE } from './cel.ts';
import type { NamedExpression, Policy } from './policy.ts';
import { IS_NEW } from './workloads.ts';

const specOf = (object: string): string => `dyn(${object}).?spec.orValue({})`;

/** A template of claims has the claim's spec within its own. Either holds requests in the form of any version of the API. */
const REQUESTS =
  "(object.kind == 'ResourceClaimTemplate' ? dyn(object).?spec.?spec.?devices.?requests.orValue([]) : dyn(object).?spec.?devices.?requests.orValue([]))";

const VARIABLES: readonly NamedExpression[] = [
  { name: 'requests', expression: REQUESTS },
  { name: 'allowed', expression: entriesOf(DEVICE_CLASSES_KEY) },
  {
    name: 'forbidden',
    expression:
      `variables.requests.map(r, ([r.?exactly.?deviceClassName.orValue(''), r.?deviceClassName.orValue('')] + ` +
      `r.?firstAvailable.orValue([]).map(f, f.?deviceClassName.orValue('')))` +
      `.filter(d, d != '' && !(d in variables.allowed)).join(', ')).filter(f, f != '')`,
  },
  {
    name: 'administrative',
    expression:
      'variables.requests.filter(r, r.?exactly.?adminAccess.orValue(false) || r.?adminAccess.orValue(false)).map(r, r.name)',
  },
];

const claim = (deviceClassName: string): JsonObject => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  metadata: { name: 'slice', namespace: 'team-a' },
  spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName } }] } } },
});

const NAMESPACE_OF_EXAMPLES = { annotations: { [DEVICE_CLASSES_KEY]: 'mig-3g-40gb' } };

export const GPU_DEVICE_CLASSES: Policy = {
  name: 'sidekey-gpu-device-classes',
  title: 'Device classes belong to the namespace',
  reason:
    'Dynamic resource allocation is another way to a GPU: a claim gets whatever its class stands for, and administrative access gets devices that others are using.',
  severity: 'high',
  controls: [
    'ISO 27001 A.5.15',
    'ISO 27001 A.8.2',
    'SOC 2 CC6.1',
    'NIS2 21(2)(i)',
    'DORA Art. 9',
    'TISAX 4.2',
  ],
  advice:
    'Selectors within a claim are not judged: define one DeviceClass for each profile, and allow it by its name.',
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: true,
  resources: [
    {
      apiGroups: ['resource.k8s.io'],
      apiVersions: ['*'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['resourceclaims', 'resourceclaimtemplates'],
    },
  ],
  conditions: [
    // For a limit by an implicit name the scheduler makes a claim itself; the pod has been judged.
    { name: 'not-of-the-scheduler', expression: "request.userInfo.username != 'system:kube-scheduler'" },
    // Controllers have to take finalizers off claims that were there before.
    {
      name: 'changes-the-claim',
      expression: `${IS_NEW} || ${specOf('object')} != ${specOf('oldObject')}`,
    },
  ],
  variables: VARIABLES,
  validations: [
    {
      expression: 'variables.forbidden.size() == 0',
      message: `a claim asks for a DeviceClass that the annotation ${DEVICE_CLASSES_KEY} of its namespace does not allow`,
      messageExpression: message`namespace ${NAMESPACE} may not claim devices of class ${listed('variables.forbidden')}. Allowed here: ${listed('variables.allowed')}. Write one of these as deviceClassName, or ask the platform team to add the class to the annotation sidekey.dev/device-classes of the namespace`,
    },
    {
      expression: 'variables.administrative.size() == 0',
      message: 'adminAccess to devices is for the platform alone: take it out of the claim',
      messageExpression: message`adminAccess is for the platform alone, but these requests of the claim ask for it: ${listed('variables.administrative')}. Take adminAccess out`,
    },
  ],
  auditAnnotations: [],
  examples: {
    good: { title: 'a class of the list', namespace: NAMESPACE_OF_EXAMPLES, object: claim('mig-3g-40gb') },
    bad: {
      title: 'the class of whole GPUs',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: claim('gpu.nvidia.com'),
    },
  },
};
