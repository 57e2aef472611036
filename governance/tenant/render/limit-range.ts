import type { JsonObject } from '#contract/json.ts';
import type { Amounts, ContainerDefaults, Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

/** What containers get that say nothing, of each resource that a quota may want them to speak of. */
const BUILT_IN: readonly { readonly name: string; readonly request: string; readonly limit: string }[] = [
  { name: 'cpu', request: '100m', limit: '1' },
  { name: 'memory', request: '128Mi', limit: '1Gi' },
  { name: 'ephemeral-storage', request: '64Mi', limit: '1Gi' },
];

/**
 * Defaults for containers, so that a pod that says nothing of what the quota counts is not refused. There is neither a
 * minimum nor a maximum nor a ratio: none of them could refuse a container that others put into a pod. Undefined if there
 * is no default.
 */
export function limitRangeObject(tenant: Tenant, namespace: string): JsonObject | undefined {
  const { requests, limits } = tenant.defaults ?? builtInFor(tenant.compute);
  if (Object.keys(requests).length + Object.keys(limits).length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata('sidekey-tenant', { tenant: tenant.name, namespace }),
    spec: {
      limits: [
        {
          type: 'Container',
          ...named('defaultRequest', { ...limits, ...requests }),
          ...named('default', limits),
        },
      ],
    },
  };
}

/** As it is stored, so that it looks unchanged to whoever applies it again: what has a limit has a request, and nothing is not there. */
const named = (name: string, amounts: Amounts): JsonObject =>
  Object.keys(amounts).length === 0 ? {} : { [name]: amounts };

/** With a limit goes a request, which would else be as much. */
function builtInFor(compute: Amounts): ContainerDefaults {
  const counted = (kind: string): typeof BUILT_IN =>
    BUILT_IN.filter(({ name }) => `${kind}.${name}` in compute);
  const limited = counted('limits');
  const requested = BUILT_IN.filter((one) => limited.includes(one) || counted('requests').includes(one));
  return {
    requests: Object.fromEntries(requested.map(({ name, request }) => [name, request])),
    limits: Object.fromEntries(limited.map(({ name, limit }) => [name, limit])),
  };
}
