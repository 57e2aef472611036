import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { AdmissionInput } from '../../../governance/cel/admission.ts';
import { resourceOf } from '../../../governance/cel/resource.ts';
import type { Case, Requester } from '../cases/case.ts';
import { NAMESPACES } from '../cases/namespaces.ts';

/** Somebody of a team, whom RBAC lets do anything there. */
const SOMEBODY: Requester = { username: 'oidc:bob', groups: ['oidc:team-a', 'system:authenticated'] };

export const nameOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'name');

export const namespaceOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'namespace');

export const requesterOf = ({ user = SOMEBODY }: Case): Requester => user;

/** The Namespace that the object is in; none for objects of the cluster. */
export function namespaceObjectOf({ object }: Case): JsonObject | undefined {
  const name = namespaceOf(object);
  if (name === '') return undefined;
  const found = NAMESPACES.find((namespace) => nameOf(namespace) === name);
  if (found === undefined) throw new Error(`No namespace is called ${name}`);
  return found;
}

const inputs = new WeakMap<Case, AdmissionInput>();

/** The request as policies see it; the same one for each policy. */
export function inputOf(one: Case): AdmissionInput {
  const input = inputs.get(one) ?? newInput(one);
  inputs.set(one, input);
  return input;
}

function newInput(one: Case): AdmissionInput {
  const { operation, object, oldObject, subresource } = one;
  const namespaceObject = namespaceObjectOf(one);
  return {
    operation,
    resource: { ...resourceOf(object), ...(subresource && { subresource }) },
    object,
    ...(oldObject && { oldObject }),
    ...(namespaceObject && { namespaceObject }),
    userInfo: requesterOf(one),
  };
}

/** The request as webhooks are asked about it. */
export function admissionRequestOf(one: Case, uid: string): JsonObject {
  const { object, oldObject, operation, subresource } = one;
  const { group, version, kind, resource } = resourceOf(object);
  const { username, groups } = requesterOf(one);
  return {
    uid,
    kind: { group, version, kind },
    resource: { group, version, resource },
    ...(subresource && { subResource: subresource }),
    name: nameOf(object),
    namespace: namespaceOf(object),
    operation,
    userInfo: { username, groups },
    ...(operation === 'DELETE' ? { oldObject: object } : { object, ...(oldObject && { oldObject }) }),
  };
}

/**
 * The same cases, whose objects do not get in each other's way: each that is in a namespace has a name of its own there.
 * What is in none keeps its name, which bindings may go by.
 */
export function apart(cases: readonly Case[]): readonly Case[] {
  return cases.map((one, index) => {
    const rename = (object: JsonObject): JsonObject =>
      namespaceOf(object) === ''
        ? object
        : { ...object, metadata: { ...objectIn(object, 'metadata'), name: `case-${index}` } };
    const { object, oldObject } = one;
    return { ...one, object: rename(object), ...(oldObject && { oldObject: rename(oldObject) }) };
  });
}
