import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { hashInForce } from '../../policy/hash.ts';
import { renderPolicies, type RenderOptions } from '../../policy/render.ts';
import type { PolicySettings } from '../../policy/settings.ts';
import { canonical } from './canonical.ts';

/** What this release would have in the cluster, in any of the ways in which it can be rendered. */
export interface Release {
  /** Of a policy's kind and name; undefined if it is none of the release's. */
  policy(kind: string, name: string): ReleasedPolicy | undefined;
  /** The names of the bindings of a policy of the API server. */
  bindingsOf(policy: string): readonly string[];
  /** True if the binding is as some rendering has it. */
  hasBinding(binding: JsonObject): boolean;
  /** Of the policies of the API server. */
  readonly names: readonly string[];
}

export interface ReleasedPolicy {
  readonly hashes: readonly string[];
  /** Where it looks, and what it does about it. */
  readonly reaches: readonly string[];
}

export const POLICY_KIND = 'ValidatingAdmissionPolicy';
export const BINDING_KIND = 'ValidatingAdmissionPolicyBinding';

const RENDERINGS: readonly RenderOptions[] = [
  { engine: 'vap', action: 'deny' },
  { engine: 'vap', action: 'audit' },
  { engine: 'kyverno', action: 'deny' },
  { engine: 'kyverno', action: 'audit' },
];

export const nameOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'name');

/** What decides beside the expressions. */
export function reachOf(policy: JsonObject): string {
  const { matchConstraints = {}, paramKind = null, validationActions = [] } = objectIn(policy, 'spec');
  return canonical({ matchConstraints, paramKind, validationActions });
}

export function releaseOf(settings: PolicySettings): Release {
  const objects = RENDERINGS.flatMap((options) => renderPolicies(settings, options)).flatMap(
    (one) => one.objects,
  );
  const byName = Map.groupBy(objects, (object) => `${textIn(object, 'kind')} ${nameOf(object)}`);
  const bindings = objects.filter((object) => object['kind'] === BINDING_KIND);
  const specs = new Set(
    bindings.map((binding) => `${nameOf(binding)} ${canonical(objectIn(binding, 'spec'))}`),
  );
  return {
    policy(kind, name) {
      const ways = byName.get(`${kind} ${name}`);
      return ways && { hashes: ways.map(hashInForce), reaches: ways.map(reachOf) };
    },
    bindingsOf: (policy) => [
      ...new Set(
        bindings.filter((one) => textIn(objectIn(one, 'spec'), 'policyName') === policy).map(nameOf),
      ),
    ],
    hasBinding: (binding) => specs.has(`${nameOf(binding)} ${canonical(objectIn(binding, 'spec'))}`),
    names: [...new Set(objects.filter((object) => object['kind'] === POLICY_KIND).map(nameOf))],
  };
}
