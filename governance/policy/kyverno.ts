import { type JsonObject, objectIn } from '#contract/json.ts';
import { POLICY_HASH_KEY, hashInForce } from './hash.ts';
import type { Policy } from './policy.ts';
import type { PolicySettings } from './settings.ts';
import { descriptionOf, enforced, exempting, LABELS, specOf } from './validating-admission-policy.ts';

/** `report`: what the API server's own policies refuse, Kyverno reports. `enforce`: Kyverno refuses it, where there are no such policies. */
export type KyvernoMode = 'report' | 'enforce';

/** The policy as Kyverno's ValidatingPolicy; where it refuses, with one more for the namespaces that are only audited. */
export function kyvernoPolicies(
  policy: Policy,
  settings: PolicySettings,
  mode: KyvernoMode,
): readonly JsonObject[] {
  if (policy.scope === 'cluster') return [validatingPolicy(policy, policy.name, { mode, where: [] })];
  const exempt = exempting(settings);
  if (mode === 'report' || policy.validations.length === 0)
    return [validatingPolicy(policy, policy.name, { mode: 'report', where: exempt })];
  return [
    validatingPolicy(policy, policy.name, { mode, where: [...exempt, enforced('NotIn')] }),
    validatingPolicy(policy, `${policy.name}-audit`, { mode: 'report', where: [...exempt, enforced('In')] }),
  ];
}

interface Holding {
  readonly mode: KyvernoMode;
  readonly where: readonly JsonObject[];
}

function validatingPolicy(policy: Policy, name: string, { mode, where }: Holding): JsonObject {
  const common = specOf(policy);
  const spec = {
    ...common,
    validationActions: mode === 'enforce' ? ['Deny'] : ['Audit'],
    // A report is not worth a pod: while Kyverno is down, nothing waits for one.
    failurePolicy: mode === 'enforce' ? policy.failurePolicy : 'Ignore',
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
    metadata: { name, labels: LABELS, annotations },
    spec,
  };
}
