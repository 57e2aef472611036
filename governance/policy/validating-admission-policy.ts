import type { JsonObject } from '#contract/json.ts';
import { ENFORCEMENT_LABEL } from '../tenancy.ts';
import { POLICY_HASH_KEY, policyHash } from './hash.ts';
import { type Policy, REASON, type Validation } from './policy.ts';
import type { PolicySettings } from './settings.ts';

/** What bindings do about a request that is not allowed. `audit` is for the time of roll-out. */
export type Action = 'deny' | 'audit';

const ACTIONS = { deny: ['Deny', 'Audit'], audit: ['Warn', 'Audit'] } as const satisfies Record<
  Action,
  readonly string[]
>;

const API = 'admissionregistration.k8s.io/v1';
export const LABELS = { 'app.kubernetes.io/name': 'sidekey', 'app.kubernetes.io/component': 'policies' };

/** The policy and its bindings, which say where it holds. */
export function validatingAdmissionPolicy(
  policy: Policy,
  settings: PolicySettings,
  action: Action = 'deny',
): readonly JsonObject[] {
  const object = {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: policy.name, labels: LABELS, annotations: descriptionOf(policy) },
    spec: specOf(policy),
  };
  return [object, ...bindings(policy, settings, action)];
}

/** What people and reports read, under the keys that Kyverno's own library uses. */
export const descriptionOf = (policy: Policy): JsonObject => ({
  'policies.kyverno.io/title': policy.title,
  'policies.kyverno.io/category': 'Sidekey',
  'policies.kyverno.io/severity': policy.severity,
  'policies.kyverno.io/description': [policy.reason, policy.advice ?? ''].join(' ').trim(),
  'sidekey.dev/controls': policy.controls.join(', '),
  [POLICY_HASH_KEY]: policyHash(policy),
});

/** The part of the spec that both engines have in common. */
export const specOf = (policy: Policy): JsonObject => ({
  failurePolicy: policy.failurePolicy,
  // What the API server would fill in is said, or each apply of the same file would be a change.
  matchConstraints: { resourceRules: policy.resources.map((rule) => ({ ...rule, scope: '*' })) },
  ...some(
    'matchConditions',
    policy.conditions.map((condition) => ({ ...condition })),
  ),
  ...some(
    'variables',
    policy.variables.map((variable) => ({ ...variable })),
  ),
  ...some('validations', policy.validations.map(validationOf)),
  ...some(
    'auditAnnotations',
    policy.auditAnnotations.map((annotation) => ({ ...annotation })),
  ),
});

const some = (field: string, values: readonly JsonObject[]): JsonObject =>
  values.length === 0 ? {} : { [field]: values };

const validationOf = ({ expression, message, messageExpression }: Validation): JsonObject => ({
  expression,
  reason: REASON,
  message,
  ...(messageExpression !== undefined && { messageExpression }),
});

/** Namespaces are left out by name, never picked by a label of the tenant's: a label that got lost must not open anything. */
export const exempting = ({ exemptNamespaces }: PolicySettings): readonly JsonObject[] =>
  exemptNamespaces.length === 0
    ? []
    : [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exemptNamespaces }];

/** Those where requests are refused, or those where that is only told. */
export const enforced = (operator: 'In' | 'NotIn'): JsonObject => ({
  key: ENFORCEMENT_LABEL,
  operator,
  values: ['audit'],
});

function bindings(policy: Policy, settings: PolicySettings, action: Action): readonly JsonObject[] {
  const named = (suffix: string, spec: JsonObject): JsonObject => ({
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: policy.name + suffix, labels: LABELS },
    spec: { policyName: policy.name, ...spec },
  });
  if (policy.scope === 'cluster') return [named('', { validationActions: ACTIONS[action] })];
  const exempt = exempting(settings);
  if (policy.validations.length === 0) return [named('', { validationActions: ['Audit'], ...where(exempt) })];
  return [
    named('', { validationActions: ACTIONS[action], ...where([...exempt, enforced('NotIn')]) }),
    named('-audit', { validationActions: ACTIONS.audit, ...where([...exempt, enforced('In')]) }),
  ];
}

const where = (matchExpressions: readonly JsonObject[]): JsonObject =>
  matchExpressions.length === 0 ? {} : { matchResources: { namespaceSelector: { matchExpressions } } };
