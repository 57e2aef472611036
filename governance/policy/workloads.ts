import { cel } from './cel.ts';
import type { NamedExpression, Operation, ResourceRule } from './policy.ts';

const rule = (
  group: string,
  operations: readonly Operation[],
  resources: readonly string[],
): ResourceRule => ({
  apiGroups: [group],
  apiVersions: ['v1'],
  operations,
  resources,
});

/** Of a pod that is there already, what matters here cannot change; labels and finalizers have to. */
export const PODS = rule('', ['CREATE'], ['pods']);

/** With changes of annotations, which count until a pod has started. */
export const PODS_AND_CHANGES = rule('', ['CREATE', 'UPDATE'], ['pods']);

/** `kubectl debug` adds a container to a pod that is there already. */
export const EPHEMERAL_CONTAINERS = rule('', ['UPDATE'], ['pods/ephemeralcontainers']);

export const CONFIG_MAPS = rule('', ['CREATE', 'UPDATE'], ['configmaps']);

/** What makes pods. Kinds of others are caught at the pods that they make. */
export const CONTROLLERS: readonly ResourceRule[] = [
  rule('', ['CREATE', 'UPDATE'], ['replicationcontrollers', 'podtemplates']),
  rule('apps', ['CREATE', 'UPDATE'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
  rule('batch', ['CREATE', 'UPDATE'], ['jobs', 'cronjobs']),
];

/** Everything in a cluster that is a pod or makes some. */
export const WORKLOADS: readonly ResourceRule[] = [PODS, ...CONTROLLERS];

/** The template of whatever makes pods. */
export const templateOf = (object: string): string => cel`
  ${object}.kind == 'CronJob' ? dyn(${object}).?spec.?jobTemplate.?spec.?template.orValue({}) :
  ${object}.kind == 'PodTemplate' ? dyn(${object}).?template.orValue({}) :
  dyn(${object}).?spec.?template.orValue({})
`;

/** Of a pod its metadata do not count: they change with every label. */
export const judgedPart = (object: string): string => cel`
  (${object}.kind == 'Pod' ? dyn(${object}).?spec.orValue({}) :
  ${templateOf(object)})
`;

/** Without an old object, which the API server calls null and Kyverno an empty one. */
export const IS_NEW = "request.operation != 'UPDATE'";

/**
 * What was there before a policy has to be scaled, labelled and cleaned up, by controllers too: an old ReplicaSet that may
 * not be changed would stop the very rollout that mends it. So an update counts if it changes what is judged.
 */
export const CHANGED: NamedExpression = {
  name: 'changes-the-pods',
  expression: cel`
    ${IS_NEW} ||
    ${judgedPart('object')} !=
    ${judgedPart('oldObject')}
  `,
};

/**
 * The pod, or the template that pods are made from. Spelled out, because Kyverno's own rewriting of expressions for pods
 * passes by whatever it does not recognise.
 */
export const TEMPLATE: NamedExpression = {
  name: 'template',
  expression: cel`
    object.kind == 'Pod' ? dyn(object) :
    ${templateOf('object')}
  `,
};

export const ANNOTATIONS: NamedExpression = {
  name: 'annotations',
  expression: 'variables.template.?metadata.?annotations.orValue({})',
};

const POD_SPEC: NamedExpression = {
  name: 'podSpec',
  expression: 'variables.template.?spec.orValue({})',
};

const ALL_BUT_DEBUGGERS =
  'variables.podSpec.?containers.orValue([]) + variables.podSpec.?initContainers.orValue([])';

/** Pods or templates, as far as the containers that may have resources. */
export const POD_VARIABLES: readonly NamedExpression[] = [
  TEMPLATE,
  POD_SPEC,
  { name: 'containers', expression: ALL_BUT_DEBUGGERS },
];

/** The same with the containers of `kubectl debug`, which are all that is judged of a pod that was there before. */
export const POD_VARIABLES_WITH_DEBUGGERS: readonly NamedExpression[] = [
  TEMPLATE,
  POD_SPEC,
  { name: 'isOldPod', expression: "request.operation == 'UPDATE' && object.kind == 'Pod'" },
  {
    name: 'containers',
    expression: cel`
      (variables.isOldPod ? [] : ${ALL_BUT_DEBUGGERS}) +
      variables.podSpec.?ephemeralContainers.orValue([])
    `,
  },
];
