import type { JsonObject } from '#contract/json.ts';
import { DEVICE_CLASSES_KEY } from '../tenancy.ts';
import { allEmpty, cel, entriesOf, flattened } from './cel.ts';
import { allFindings, type Finding, listed, message, NAMESPACE } from './message.ts';
import type { NamedExpression, Policy, ResourceRule } from './policy.ts';
import { IS_NEW } from './workloads.ts';

/** Every version of the API: each has been another form of the same. */
const CLAIMS: ResourceRule = {
  apiGroups: ['resource.k8s.io'],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['resourceclaims', 'resourceclaimtemplates'],
};

const CONDITIONS: readonly NamedExpression[] = [
  // For a limit by an implicit name the scheduler makes a claim itself; the pod has been judged.
  { name: 'not-of-the-scheduler', expression: "request.userInfo.username != 'system:kube-scheduler'" },
  // Controllers have to take finalizers off claims that were there before.
  {
    name: 'changes-the-claim',
    expression: `${IS_NEW} || dyn(object).?spec.orValue({}) != dyn(oldObject).?spec.orValue({})`,
  },
];

const VARIABLES: readonly NamedExpression[] = [
  // A template of claims has the claim's spec within its own.
  {
    name: 'claim',
    expression: cel`
      object.kind == 'ResourceClaimTemplate' ? dyn(object).?spec.?spec.orValue({}) :
      dyn(object).?spec.orValue({})
    `,
  },
  // The API server writes null where a claim asks for nothing.
  {
    name: 'requests',
    expression: cel`
      variables.claim.?devices.?requests.orValue(null) == null ? [] : variables.claim.devices.requests
    `,
  },
  { name: 'allowed', expression: entriesOf(DEVICE_CLASSES_KEY) },
  // In the first form of the API a request had its class beside its name.
  {
    name: 'classes',
    expression: flattened(cel`
      variables.requests.map(r, (
        [r.?exactly.?deviceClassName.orValue(''), r.?deviceClassName.orValue('')] +
        r.?firstAvailable.orValue([]).map(f, f.?deviceClassName.orValue(''))).join('\n'))
    `),
  },
  { name: 'forbidden', expression: 'variables.classes.filter(d, !(d in variables.allowed))' },
  {
    name: 'administrative',
    expression: cel`
      variables.requests.filter(r,
        r.?exactly.?adminAccess.orValue(false) || r.?adminAccess.orValue(false)).map(r, r.name)
    `,
  },
];

const FINDINGS: readonly Finding[] = [
  {
    list: 'variables.forbidden',
    text: message`may not claim devices of class ${listed('variables.forbidden')} (allowed here: ${listed('variables.allowed')}; write one of these as deviceClassName, or ask the platform team to add the class to the annotation sidekey.dev/device-classes of the namespace)`,
  },
  {
    list: 'variables.administrative',
    text: message`may not ask for adminAccess, as it does in the requests ${listed('variables.administrative')} (allowed for the platform alone; take adminAccess out)`,
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
  resources: [CLAIMS],
  conditions: CONDITIONS,
  variables: VARIABLES,
  validations: [
    {
      expression: allEmpty(FINDINGS.map(({ list }) => list)),
      message: `a claim asks for a DeviceClass that the annotation ${DEVICE_CLASSES_KEY} of its namespace does not allow, or for adminAccess`,
      messageExpression: message`namespace ${NAMESPACE} ${allFindings(FINDINGS)}`,
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
