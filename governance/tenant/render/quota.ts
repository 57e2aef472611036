import type { JsonObject } from '#contract/json.ts';
import { DEVICE_CLASS_DOMAIN } from '../../policy/settings.ts';
import { storedQuantity } from '../quantity.ts';
import type { Tenancy } from '../platform.ts';
import type { Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

/**
 * What a namespace may hold at once. A quota has no wildcard, and what it does not name it does not count: so every other
 * accelerator that is known stands there with a zero. Of an extended resource only `requests.` counts.
 */
export function quotaObject(tenancy: Tenancy, tenant: Tenant, namespace: string): JsonObject {
  const allowed = new Map(tenant.accelerators.allow.map(({ resource, max }) => [resource, max]));
  const classes = new Map(tenant.accelerators.deviceClasses.map(({ name, max }) => [name, max]));
  const resources = tenancy.accelerators.map((name): [string, string] => [
    `requests.${name}`,
    amount(allowed.get(name)),
  ]);
  const devices = tenancy.deviceClasses.flatMap((name) =>
    deviceNames(name).map((key): [string, string] => [key, amount(classes.get(name))]),
  );
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata('sidekey-tenant', { tenant: tenant.name, namespace }),
    spec: { hard: { ...tenant.compute, ...Object.fromEntries([...resources, ...devices]) } },
  };
}

const amount = (max = 0): string => storedQuantity(String(max)) ?? '0';

/** Devices that a claim asks for, and those that a container asks for as if the class were a resource, which has a shorter name. */
function deviceNames(name: string): readonly string[] {
  const claimed = `${name}.deviceclass.resource.k8s.io/devices`;
  return name.length <= 63 ? [claimed, `requests.${DEVICE_CLASS_DOMAIN}/${name}`] : [claimed];
}
