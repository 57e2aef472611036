import { objectIn, textIn } from '#contract/json.ts';
import { forgetOldest } from '../kept/oldest.ts';
import { isWithin, type Scope } from '../scope.ts';
import { type ApiEvent, isControlPlane, isDone } from './event.ts';
import { tell } from './tell.ts';
import { createTenancyMemory } from './tenancy-change.ts';

const CHANGES: Readonly<Record<string, string>> = {
  create: 'made',
  update: 'changed',
  patch: 'changed',
  delete: 'deleted',
  deletecollection: 'deleted',
};

/** Says who changed what is enforced, and what namespaces may have. */
export interface Rules {
  take(event: ApiEvent): void;
}

export function createRules(scope: Scope): Rules {
  const tenancy = createTenancyMemory();
  const isUnchanged = createVersionMemory();
  const what = (event: ApiEvent, kind: string): string | undefined => {
    if (isStart(event, kind)) return undefined;
    if (kind === 'tenancy') return tenancy.changed(event);
    return isUnchanged(event) ? undefined : CHANGES[event.verb];
  };
  return {
    take(event) {
      const kind = ruleKind(event);
      if (kind === undefined || !Object.hasOwn(CHANGES, event.verb) || !isDone(event)) return;
      const change = what(event, kind);
      if (change !== undefined && isWithin(scope.window, event.at))
        tell(event, { kind, what: change }, scope);
    },
  };
}

/** The API server makes its own rules when it starts, and its controllers put roles together. */
const isStart = (event: ApiEvent, kind: string): boolean =>
  event.username === 'system:apiserver' || (kind === 'access' && isControlPlane(event));

/** What kind of rule a resource is, by its API group; the first that fits. */
const RULES: readonly (readonly [group: RegExp, resource: RegExp, kind: string])[] = [
  [/^$/u, /^namespaces$/u, 'tenancy'],
  [/^$/u, /^(?:resourcequotas|limitranges)$/u, 'quota'],
  [/^admissionregistration\.k8s\.io$/u, /bindings$/u, 'policy binding'],
  [/^admissionregistration\.k8s\.io$/u, /policies$/u, 'policy'],
  [/^admissionregistration\.k8s\.io$/u, /webhookconfigurations$/u, 'webhook'],
  [/^(?:policies\.)?kyverno\.io$/u, /exceptions$/u, 'policy exception'],
  [/^(?:policies\.)?kyverno\.io$/u, /^[a-z]+$/u, 'policy'],
  [/^rbac\.authorization\.k8s\.io$/u, /^[a-z]+$/u, 'access'],
  [/^networking\.k8s\.io$/u, /^networkpolicies$/u, 'network policy'],
];

/** Undefined for what is no rule, and for subresources: they hold what controllers found out. */
const ruleKind = ({ group, resource }: ApiEvent): string | undefined =>
  resource.includes('/')
    ? undefined
    : RULES.find(([groups, resources]) => groups.test(group) && resources.test(resource))?.[2];

/** Beyond so many objects the oldest are forgotten, and the next write is told whether it changes anything or not. */
const MOST_OBJECTS = 10_000;

/** Tells whether a write left the object as it was, as most of a GitOps tool's do. */
function createVersionMemory(): (event: ApiEvent) => boolean {
  const versions = new Map<string, string>();
  return ({ group, name, namespace, resource, responseObject, verb }) => {
    const version = textIn(objectIn(responseObject, 'metadata'), 'resourceVersion');
    const key = [group, resource, namespace, name].join('/');
    const isSame = version !== '' && versions.get(key) === version;
    if (version !== '') versions.set(key, version);
    forgetOldest(versions, MOST_OBJECTS);
    return isSame && !verb.startsWith('delete');
  };
}
