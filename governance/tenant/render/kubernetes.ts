import type { JsonObject } from '#contract/json.ts';
import type { Tenancy } from '../platform.ts';
import type { Tenant } from '../tenant.ts';
import { limitRangeObject } from './limit-range.ts';
import { namespaceObject } from './namespace.ts';
import { networkObjects } from './network.ts';
import { metadata } from './object.ts';
import { quotaObject } from './quota.ts';
import { accessObjects } from './rbac.ts';

/** Objects of one file of a namespace's folder. */
export interface ObjectGroup {
  /** The file's name without its ending. In the order of the alphabet, the namespace is made before what is in it. */
  readonly name: string;
  readonly objects: readonly JsonObject[];
}

/** What a tenant has in one of its namespaces. */
export function namespaceGroups(tenancy: Tenancy, tenant: Tenant, namespace: string): readonly ObjectGroup[] {
  const limits = limitRangeObject(tenant, namespace);
  const groups = [
    { name: 'namespace', objects: [namespaceObject(tenant, namespace)] },
    { name: 'network-policy', objects: networkObjects(tenancy.platform, tenant, namespace) },
    { name: 'quota', objects: [quotaObject(tenancy, tenant, namespace)] },
    { name: 'rbac', objects: accessObjects(tenant, namespace) },
    { name: 'resource-limits', objects: limits === undefined ? [] : [limits] },
    { name: 'service-account', objects: serviceAccountObjects(tenant, namespace) },
  ];
  return groups.filter(({ objects }) => objects.length > 0);
}

/** Those that may log in to a store. The agent has a token of its own, so the application needs none. */
function serviceAccountObjects(tenant: Tenant, namespace: string): readonly JsonObject[] {
  const { vault, infisical } = tenant;
  const named = [...(vault?.serviceAccounts ?? []), ...(infisical?.serviceAccounts ?? [])];
  const names = named.length === 0 ? [tenant.name] : [...new Set(named)].toSorted();
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(name, { tenant: tenant.name, namespace }),
    automountServiceAccountToken: false,
  }));
}
