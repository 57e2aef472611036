import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { AdmissionInput } from '../../governance/cel/admission.ts';
import { bindingFor } from '../../governance/cel/binding.ts';
import { judge } from '../../governance/cel/judge.ts';
import { resourceOf } from '../../governance/cel/resource.ts';
import { policies } from '../../governance/policy/policies.ts';
import type { Case, Requester } from './cases/case.ts';
import { NAMESPACES, SETTINGS } from './cases/namespaces.ts';

/** Somebody of a team, whom RBAC lets do anything there. */
const SOMEBODY: Requester = { username: 'oidc:bob', groups: ['oidc:team-a', 'system:authenticated'] };

const POLICIES = policies(SETTINGS);

const nameOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'name');
const namespaceOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'namespace');

interface Denied {
  readonly policy: string;
  readonly message: string;
}

/** Which policies deny the request, as they are evaluated without any server. */
export function denialsOf(one: Case): readonly Denied[] {
  const namespaceObject = NAMESPACES.find((namespace) => nameOf(namespace) === namespaceOf(one.object));
  if (namespaceObject !== undefined && bindingFor(SETTINGS, namespaceObject) !== 'deny') return [];
  const request = requestOf(one, namespaceObject);
  return POLICIES.flatMap((policy) => {
    const { verdict, message = '' } = judge(policy, request);
    return verdict === 'denied' ? [{ policy: policy.name, message }] : [];
  });
}

function requestOf(one: Case, namespaceObject: JsonObject | undefined): AdmissionInput {
  const { operation, object, oldObject, subresource, user = SOMEBODY } = one;
  return {
    operation,
    resource: { ...resourceOf(object), ...(subresource && { subresource }) },
    object,
    ...(oldObject && { oldObject }),
    ...(namespaceObject && { namespaceObject }),
    userInfo: user,
  };
}
