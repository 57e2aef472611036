import { FIELD_MANAGER, PLACEHOLDER, SOURCE_KEY, STATUS_KEYS, SYNC_KEY } from '#contract/secret-sync.ts';
import { accountName, clusterWide, NAME } from './settings.ts';

const GUARD = `${NAME}-guard`;
const API = 'admissionregistration.k8s.io/v1';

/** The ValidatingAdmissionPolicy that bounds what the sync's account writes, for RBAC cannot, and its binding. */
export function syncGuard(namespace: string): readonly object[] {
  return [
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata: clusterWide(GUARD),
      spec: guard(namespace),
    },
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: clusterWide(GUARD),
      spec: { policyName: GUARD, validationActions: ['Deny'] },
    },
  ];
}

function guard(namespace: string): object {
  const secrets = { apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] };
  return {
    // Nobody else is touched, whatever becomes of an expression.
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [{ ...secrets, operations: ['CREATE', 'UPDATE', 'DELETE'] }] },
    matchConditions: [
      { name: 'is-the-sync', expression: `request.userInfo.username == '${accountName(namespace)}'` },
    ],
    variables: Object.entries(VARIABLES).map(([name, expression]) => ({ name, expression })),
    validations: VALIDATIONS,
  };
}

const text = (value: string): string => `'${value}'`;
const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

const annotationsOf = (object: string): string => `${object}.metadata.?annotations.orValue({})`;

/** The keys that an annotation names as the sync's. */
const namedIn = (annotations: string): string =>
  `variables.${annotations}[?${text(STATUS_KEYS.managedKeys)}].orValue('').split(',').filter(k, k != '')`;

/** By the API server's own books: what the sync has applied. Of each map the keys count, and they are `f:<key>`. */
const appliedIn = (object: string): string =>
  `${object}.metadata.?managedFields.orValue([])` +
  `.filter(m, m.?manager.orValue('') == ${text(FIELD_MANAGER)} && m.?operation.orValue('') == 'Apply')` +
  `.map(m, dyn(m).?fieldsV1[?'f:data'].orValue({}))`;

/**
 * Each is worked out once, and only if it is used. The steps grow with the number of keys and not with its square, as far as
 * possible: a Secret may have thousands, and the API server gives up on what takes too many.
 */
const VARIABLES = {
  oldAnnotations: annotationsOf('oldObject'),
  newAnnotations: annotationsOf('object'),
  oldData: 'oldObject.?data.orValue({})',
  newData: 'object.?data.orValue({})',
  oldNamed: namedIn('oldAnnotations'),
  newNamed: namedIn('newAnnotations'),
  oldApplied: appliedIn('oldObject'),
  newApplied: appliedIn('object'),
} as const;

interface Validation {
  readonly message: string;
  readonly expression: string;
  /** Makes it a 403, as any other thing that an account may not do. */
  readonly reason: 'Forbidden';
}

/** Of a request that has an object before and one after, which is every one that the first validation lets pass. */
const onUpdate = (message: string, ...expressions: readonly string[]): Validation => ({
  message,
  reason: 'Forbidden',
  expression: `request.operation != 'UPDATE' || (${expressions.join(' && ')})`,
});

const keeps = (field: string, none: string): Validation =>
  onUpdate(
    `the sync leaves ${field} as it is`,
    `object.${optional(field)}.orValue(${none}) == oldObject.${optional(field)}.orValue(${none})`,
  );

/** `a.b` as `a.?b`. */
const optional = (field: string): string => field.replace(/(?=\b\w+$)/u, '?');

/** Each annotation of one side, but the sync's own, is the same on the other. */
const annotationsAre = (one: string, other: string): string =>
  `variables.${one}.all(k, k in ${list(Object.values(STATUS_KEYS))} || (k in variables.${other} && variables.${other}[k] == variables.${one}[k]))`;

/** As `asksForSync` has it. */
const ASKS = `${text(SYNC_KEY)} in variables.oldAnnotations ? variables.oldAnnotations[${text(SYNC_KEY)}] != 'false' : ${text(SOURCE_KEY)} in variables.oldAnnotations`;

/** What a key holds that is there only to be filled; the API server shows it as base64. */
const PLACEHOLDERS = list(['', Buffer.from(PLACEHOLDER).toString('base64')]);

const isApplied = (key: string, books: string): string => `variables.${books}.exists(m, 'f:' + ${key} in m)`;

/** The sync may have the key: it is not there, or there to be filled, or was the sync's before. */
const isFree = (key: string): string =>
  `(!(${key} in variables.oldData) || string(variables.oldData[${key}]) in ${PLACEHOLDERS} || ${isApplied(key, 'oldApplied')} || ${key} in variables.oldNamed)`;

const IS_SAME = 'k in variables.oldData && variables.oldData[k] == variables.newData[k]';

const VALIDATIONS: readonly Validation[] = [
  {
    message: 'the sync changes Secrets, and neither makes nor deletes any',
    reason: 'Forbidden',
    expression: "request.operation == 'UPDATE'",
  },
  onUpdate(
    `the Secret does not ask to be synced; annotate it with ${SYNC_KEY}: "true" or ${SOURCE_KEY}`,
    ASKS,
  ),
  onUpdate(
    `the sync writes no annotations but ${Object.values(STATUS_KEYS).join(', ')}`,
    annotationsAre('oldAnnotations', 'newAnnotations'),
    annotationsAre('newAnnotations', 'oldAnnotations'),
  ),
  keeps('metadata.labels', '{}'),
  keeps('metadata.finalizers', '[]'),
  keeps('metadata.ownerReferences', '[]'),
  keeps('type', "''"),
  keeps('immutable', 'false'),
  onUpdate(
    `the sync changes only keys that are its own, missing, empty or ${PLACEHOLDER}`,
    `variables.newData.all(k, (${IS_SAME}) || ${isFree('k')})`,
    `variables.oldData.all(k, k in variables.newData || ${isFree('k')})`,
  ),
  onUpdate(
    `the sync takes for its own only keys that are missing, empty or ${PLACEHOLDER}`,
    `variables.newNamed.all(k, ${isFree('k')})`,
    `variables.newApplied.all(m, m.all(f, f == '.' || ${isFree('f.substring(2)')}))`,
  ),
  onUpdate(
    `what the sync fills it applies as ${FIELD_MANAGER}, and names it in ${STATUS_KEYS.managedKeys}`,
    `(variables.newNamed == variables.oldNamed && variables.newData == variables.oldData) || (${[
      `variables.newData.all(k, (${IS_SAME}) || ${isApplied('k', 'newApplied')})`,
      `variables.newNamed.all(k, ${isApplied('k', 'newApplied')})`,
      "variables.newApplied.all(m, m.filter(f, f != '.').size() == variables.newNamed.size())",
    ].join(' && ')})`,
  ),
];
