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

/** `kubectl debug` adds a container to a pod that is there already. */
export const EPHEMERAL_CONTAINERS = rule('', ['UPDATE'], ['pods/ephemeralcontainers']);

/** Everything in a cluster that holds a pod or makes some. Kinds of others are caught at the pods that they make. */
export const WORKLOADS: readonly ResourceRule[] = [
  PODS,
  rule('', ['CREATE', 'UPDATE'], ['replicationcontrollers', 'podtemplates']),
  rule('apps', ['CREATE', 'UPDATE'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
  rule('batch', ['CREATE', 'UPDATE'], ['jobs', 'cronjobs']),
];

/**
 * The pod, or the template that pods are made from. Spelled out, because Kyverno's own rewriting of expressions for pods
 * passes by whatever it does not recognise.
 */
export const templateOf = (object: string): string =>
  `(${object}.kind == 'Pod' ? dyn(${object}) : ` +
  `${object}.kind == 'CronJob' ? dyn(${object}).?spec.?jobTemplate.?spec.?template.orValue({}) : ` +
  `${object}.kind == 'PodTemplate' ? dyn(${object}).?template.orValue({}) : ` +
  `dyn(${object}).?spec.?template.orValue({}))`;

/** Of a pod, its metadata aside: that changes with every label. */
export const judgedPart = (object: string): string =>
  `(${object}.kind == 'Pod' ? dyn(${object}).?spec.orValue({}) : ${templateOf(object)})`;

/** Without an old object, which the API server calls null and Kyverno an empty one. */
export const IS_NEW = "request.operation != 'UPDATE'";

/**
 * What was there before a policy has to be scaled, labelled and cleaned up, by controllers too: an old ReplicaSet that may
 * not be changed would stop the very rollout that mends it. So an update counts if it changes what is judged.
 */
export const CHANGED: NamedExpression = {
  name: 'changes-the-pods',
  expression: `${IS_NEW} || ${judgedPart('object')} != ${judgedPart('oldObject')}`,
};

/** The pod or its template, its spec, and its containers that may have resources. */
export const TEMPLATE: NamedExpression = { name: 'template', expression: templateOf('object') };

export const ANNOTATIONS: NamedExpression = {
  name: 'annotations',
  expression: 'variables.template.?metadata.?annotations.orValue({})',
};

export const POD_SPEC: NamedExpression = {
  name: 'podSpec',
  expression: 'variables.template.?spec.orValue({})',
};

export const CONTAINERS: NamedExpression = {
  name: 'containers',
  expression: 'variables.podSpec.?containers.orValue([]) + variables.podSpec.?initContainers.orValue([])',
};

/** Whether a pod was there before, so that it is judged by what is added to it alone. */
export const IS_OLD_POD: NamedExpression = {
  name: 'isOldPod',
  expression: `!(${IS_NEW}) && object.kind == 'Pod'`,
};

/** With those of `kubectl debug`, which are all that is added to an old pod. */
export const ALL_CONTAINERS: NamedExpression = {
  name: 'containers',
  expression: `(variables.isOldPod ? [] : ${CONTAINERS.expression}) + variables.podSpec.?ephemeralContainers.orValue([])`,
};

/** Pods or templates, as far as containers with resources. */
export const POD_VARIABLES: readonly NamedExpression[] = [TEMPLATE, POD_SPEC, CONTAINERS];
