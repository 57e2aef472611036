import { createHash } from 'node:crypto';
import { isArray, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { Policy } from './policy.ts';

/** On a rendered policy: what it decides by, so that an audit can tell whether the one in force is the one that was rendered. */
export const POLICY_HASH_KEY = 'sidekey.dev/policy-hash';

/** The hash of a policy as its renderers write it. */
export function policyHash(policy: Policy): string {
  const { conditions, variables, validations, resources, failurePolicy } = policy;
  return digest({
    failurePolicy,
    resources: resources.map((rule) => ({ ...rule })),
    conditions: conditions.map((condition) => ({ ...condition })),
    variables: variables.map((variable) => ({ ...variable })),
    validations: validations.map(({ expression }) => expression),
  });
}

/**
 * The same of a ValidatingAdmissionPolicy or a Kyverno ValidatingPolicy that a cluster has, whatever its annotation says. What
 * the API server fills in counts for nothing, and so do messages, which decide nothing.
 */
export function hashInForce(object: JsonObject): string {
  const spec = objectIn(object, 'spec');
  return digest({
    failurePolicy: textIn(spec, 'failurePolicy'),
    resources: listIn(objectIn(spec, 'matchConstraints'), 'resourceRules'),
    conditions: listIn(spec, 'matchConditions'),
    variables: listIn(spec, 'variables'),
    validations: listIn(spec, 'validations').map((validation) => textIn(validation, 'expression')),
  });
}

interface Deciding {
  readonly failurePolicy: string;
  readonly resources: readonly JsonObject[];
  readonly conditions: readonly JsonObject[];
  readonly variables: readonly JsonObject[];
  readonly validations: readonly string[];
}

/** The fields that decide, in an order of our own. */
function digest({ failurePolicy, resources, conditions, variables, validations }: Deciding): string {
  const fields = [
    failurePolicy,
    resources.map((rule) =>
      ['apiGroups', 'apiVersions', 'operations', 'resources'].map((field) => texts(rule, field)),
    ),
    conditions.map(named),
    variables.map(named),
    validations,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

const named = ({ name = '', expression = '' }: JsonObject): Json => [name, expression];

const texts = (rule: JsonObject, field: string): Json => {
  const value = rule[field] ?? null;
  return isArray(value) ? value : [];
};
