import type { JsonObject } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';
import type { Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

/** What containers get that say nothing, of each resource that a quota may want them to speak of. */
const BUILT_IN = {
  cpu: { request: '100m', limit: '1' },
  memory: { request: '128Mi', limit: '1Gi' },
  'ephemeral-storage': { request: '64Mi', limit: '1Gi' },
} as const;

/**
 * Defaults for containers, so that a pod that says nothing of what the quota counts is not refused. There is neither a
 * minimum nor a maximum nor a ratio: none of them could refuse a container that others put into a pod. Undefined if there
 * is no default.
 */
export function limitRangeObject(tenant: Tenant, namespace: string): JsonObject | undefined {
  const names = Object.keys(BUILT_IN) as (keyof typeof BUILT_IN)[];
  const amounts = names.map((name) => ({ name, ...defaultsOf(tenant, name) }));
  const defaultRequest = Object.fromEntries(
    amounts.flatMap(({ name, request }) => (request === '' ? [] : [[name, request]])),
  );
  const defaultLimit = Object.fromEntries(
    amounts.flatMap(({ name, limit }) => (limit === '' ? [] : [[name, limit]])),
  );
  if (Object.keys(defaultRequest).length + Object.keys(defaultLimit).length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata('sidekey-tenant', { tenant: tenant.name, namespace }),
    spec: { limits: [{ type: 'Container', defaultRequest, default: defaultLimit }] },
  };
}

/** What the tenant says, else what is built in where the quota counts it; a request is never above the limit. */
function defaultsOf(
  { compute, defaults }: Tenant,
  name: keyof typeof BUILT_IN,
): { request: string; limit: string } {
  const own = { request: defaults.requests[name], limit: defaults.limits[name] };
  const isLimited = own.limit !== undefined || `limits.${name}` in compute;
  const isRequested = own.request !== undefined || isLimited || `requests.${name}` in compute;
  const limit = isLimited ? (own.limit ?? larger(BUILT_IN[name].limit, own.request)) : '';
  const request = isRequested ? (own.request ?? smaller(BUILT_IN[name].request, limit)) : '';
  return { request, limit };
}

const larger = (one: string, other: string | undefined): string =>
  other !== undefined && size(other) > size(one) ? other : one;

const smaller = (one: string, other: string): string =>
  other !== '' && size(other) < size(one) ? other : one;

const size = (amount: string): bigint => parseQuantity(amount) ?? 0n;
