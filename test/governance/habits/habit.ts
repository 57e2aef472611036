import type { JsonObject } from '#contract/json.ts';

/** Something that clusters ask of every pod, whoever wrote it. */
export interface Habit {
  /** As Kubernetes names objects. */
  readonly name: string;
  /** True for a pod that keeps to it: CEL that knows `object` and the variables below. */
  readonly expression: string;
}

/** Kinds of containers that habits tell apart. */
const VARIABLES = [
  { name: 'app', expression: 'object.spec.containers' },
  { name: 'init', expression: 'object.spec.?initContainers.orValue([])' },
  { name: 'all', expression: 'variables.app + variables.init' },
  // What stays: only that can be asked how it is.
  {
    name: 'lasting',
    expression: "variables.app + variables.init.filter(c, c.?restartPolicy.orValue('') == 'Always')",
  },
  { name: 'volumes', expression: 'object.spec.?volumes.orValue([])' },
];

const PODS = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

/** The habit as a policy of Kyverno's. */
export const habitPolicy = ({ name, expression }: Habit): JsonObject => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ValidatingPolicy',
  metadata: { name },
  spec: {
    validationActions: ['Deny'],
    matchConstraints: { resourceRules: [PODS] },
    autogen: { podControllers: { controllers: [] } },
    variables: VARIABLES,
    validations: [{ expression, message: `the pod does not keep to ${name}` }],
  },
});
