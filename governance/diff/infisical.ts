import { isArray, isObject, type Json, type JsonObject } from '#contract/json.ts';
import { compare } from './compare.ts';
import type { Difference } from './difference.ts';

/**
 * Where what Infisical has is not what was declared. Only declared fields are looked at, and no other one is ever shown: an
 * answer about a login may hold the token that it asks the API server with.
 */
export const compareInfisical = (want: JsonObject, answer: JsonObject): readonly Difference[] =>
  compare(want, withSlugs(unwrapped(answer)), {
    isOurs: () => false,
    isDefault: () => false,
    isSame: (_, one, other) => isSameList(one, other),
  });

/** An answer is an object of one field, which holds what was asked for. */
function unwrapped(answer: JsonObject): JsonObject {
  const [first, ...more] = Object.values(answer);
  return isObject(first) && more.length === 0 ? first : answer;
}

/** Of a role that a project made itself it says `custom`, and beside it what the role is called. */
function withSlugs(object: JsonObject): JsonObject {
  const { roles } = object;
  if (!isArray(roles)) return object;
  return { ...object, roles: roles.map((role) => (isObject(role) ? withSlug(role) : role)) };
}

const withSlug = (role: JsonObject): JsonObject =>
  typeof role['customRoleSlug'] === 'string' ? { ...role, role: role['customRoleSlug'] } : role;

/** Namespaces and accounts are texts with commas, whatever their order. */
const isSameList = (one: Json, other: Json): boolean =>
  typeof one === 'string' && typeof other === 'string' && listed(one) === listed(other);

const listed = (text: string): string =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .toSorted()
    .join(',');
