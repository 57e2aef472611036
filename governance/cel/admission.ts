import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Operation, ResourceRule, User } from '../policy/policy.ts';
import type { Resource } from './resource.ts';
import { celValue } from './value.ts';

/** A request as the API server puts it to a policy. */
export interface AdmissionInput {
  readonly operation: Operation;
  readonly resource: Resource;
  /** For DELETE what there was. */
  readonly object: JsonObject;
  /** For UPDATE: what there was before. */
  readonly oldObject?: JsonObject;
  /** The Namespace that the object is in; none for objects of the cluster, Namespaces among them. */
  readonly namespaceObject?: JsonObject;
  readonly userInfo: User;
}

/** Whether a policy with these rules looks at such requests. */
export function isMatched(rules: readonly ResourceRule[], { operation, resource }: AdmissionInput): boolean {
  const { group, version, resource: plural, subresource } = resource;
  const name = subresource === undefined ? plural : `${plural}/${subresource}`;
  return rules.some(
    (rule) =>
      rule.operations.includes(operation) &&
      includes(rule.apiGroups, group) &&
      includes(rule.apiVersions, version) &&
      rule.resources.includes(name),
  );
}

function includes(patterns: readonly string[], value: string): boolean {
  return patterns.includes('*') || patterns.includes(value);
}

/** What the API server drops from a request: texts and lists that are empty. */
function present(object: Readonly<Record<string, string | readonly string[]>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value.length > 0));
}

/** The request that `request` stands for. */
export function requestValue(input: AdmissionInput): unknown {
  const { operation, resource, object, userInfo } = input;
  const { group, version, kind, resource: plural, subresource = '' } = resource;
  const metadata = metadataOf(object);
  return celValue({
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    operation,
    ...present({ subResource: subresource, ...metadata }),
    userInfo: present({ username: userInfo.username, groups: userInfo.groups }),
  });
}

function metadataOf(object: JsonObject): { readonly name: string; readonly namespace: string } {
  const metadata = objectIn(object, 'metadata');
  return { name: textIn(metadata, 'name'), namespace: textIn(metadata, 'namespace') };
}
