import { type JsonObject, objectIn } from '#contract/json.ts';
import { POLICY_HASH_KEY, hashInForce } from './hash.ts';
import type { Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { descriptionOf, enforced, exempting, LABELS, specOf } from './validating-admission-policy.ts';

/** `report`: what the API server's own policies refuse, Kyverno reports. `enforce`: Kyverno refuses it, where there are no such policies. */
export type KyvernoMode = 'report' | 'enforce';

/** The policy as Kyverno's ValidatingPolicy; where it refuses, with one more for the namespaces that are only told. */
export function kyvernoPolicies(
  policy: Policy,
  settings: PolicySettings,
  mode: KyvernoMode,
): readonly JsonObject[] {
  if (mode === 'report' || policy.validations.length === 0)
    return [validatingPolicy(policy, '', { ...REPORTS, where: namespacesOf(policy, settings) })];
  const { failurePolicy } = policy;
  if (policy.scope === 'cluster')
    return [validatingPolicy(policy, '', { actions: ['Deny'], failurePolicy, where: [] })];
  const exempt = namespacesOf(policy, settings);
  return [
    validatingPolicy(policy, '', { actions: ['Deny'], failurePolicy, where: [...exempt, enforced('NotIn')] }),
    validatingPolicy(policy, '-audit', { ...TELLS, where: [...exempt, enforced('In')] }),
  ];
}

const namespacesOf = (policy: Policy, settings: PolicySettings): readonly JsonObject[] =>
  policy.scope === 'cluster' ? [] : exempting(settings);

/** How a policy holds, and in which namespaces. */
interface Holding {
  readonly actions: readonly string[];
  readonly failurePolicy: Policy['failurePolicy'];
  readonly where: readonly JsonObject[];
}

/** Neither a report nor a warning is worth a pod: while Kyverno is down, nothing waits for one. */
const REPORTS = { actions: ['Audit'], failurePolicy: 'Ignore' } as const;
const TELLS = { actions: ['Warn', 'Audit'], failurePolicy: 'Ignore' } as const;

function validatingPolicy(
  policy: Policy,
  suffix: string,
  { actions, failurePolicy, where }: Holding,
): JsonObject {
  const common = specOf(policy);
  const spec = {
    ...common,
    validationActions: actions,
    failurePolicy,
    matchConstraints: {
      ...objectIn(common, 'matchConstraints'),
      ...(where.length > 0 && { namespaceSelector: { matchExpressions: where } }),
    },
    evaluation: { admission: { enabled: true }, background: { enabled: !policy.readsUser } },
    // The expressions know of templates themselves.
    autogen: { podControllers: { controllers: [] } },
  };
  const annotations = { ...descriptionOf(policy), [POLICY_HASH_KEY]: hashInForce({ spec }) };
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name: policy.name + suffix, labels: LABELS, annotations },
    spec,
  };
}
