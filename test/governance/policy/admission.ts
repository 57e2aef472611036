import type { JsonObject } from '#contract/json.ts';
import { type Judgement, judge } from '../../../governance/cel/judge.ts';
import { resourceOf } from '../../../governance/cel/resource.ts';
import type { Example, Policy, User } from '../../../governance/policy/policy.ts';

/** Somebody who is none of the platform's. */
const NOBODY: User = { username: 'ada', groups: ['oidc:team-a-devs', 'system:authenticated'] };

/** What a policy makes of an example, in a namespace `team-a` with the example's labels and annotations. */
export function judgeExample(
  policy: Policy,
  { namespace = {}, object, oldObject, user }: Example,
): Judgement {
  return judge(policy, {
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    resource: resourceOf(object),
    object,
    ...(oldObject && { oldObject }),
    namespaceObject: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a', ...namespace } },
    userInfo: user ?? NOBODY,
  });
}

/** What it makes of a new object in a namespace with these annotations. */
export const judgeObject = (
  policy: Policy,
  object: JsonObject,
  annotations: Readonly<Record<string, string>> = {},
): Judgement => judgeExample(policy, { title: '', namespace: { annotations }, object });

/** A pod with these annotations that asks for an agent in both families' words. */
export const askingPod = (annotations: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'model',
    namespace: 'team-a',
    annotations: { 'vault.hashicorp.com/agent-inject': 'true', 'sidekey.dev/inject': 'true', ...annotations },
  },
  spec: { containers: [{ name: 'model-server', image: 'registry.example/model-server:7' }] },
});
