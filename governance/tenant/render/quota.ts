import { DEVICE_CLASS_DOMAIN } from '#contract/accelerators.ts';
import type { JsonObject } from '#contract/json.ts';
import { storedQuantity } from '../quantity.ts';
import type { Tenancy } from '../platform.ts';
import type { Amounts, Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

/**
 * What a namespace may hold at once. A quota has no wildcard, and what it does not name it does not count: so every other
 * accelerator that is known stands there with a zero.
 */
export function quotaObject(tenancy: Tenancy, tenant: Tenant, namespace: string): JsonObject {
  const { allow, deviceClasses } = tenant.accelerators;
  const allowed = [
    ...allow.map(({ resource, max }) => ({ names: [resourceName(resource)], max })),
    ...deviceClasses.map(({ name, max }) => ({ names: deviceNames(name), max })),
  ];
  const amounts = allowed.flatMap(({ names, max }) =>
    names.map((name): [string, string] => [name, amount(max)]),
  );
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata('sidekey-tenant', { tenant: tenant.name, namespace }),
    spec: { hard: { ...tenant.compute, ...tenancy.zeros, ...Object.fromEntries(amounts) } },
  };
}

const amount = (max: number): string => storedQuantity(String(max)) ?? '0';

/** None of these accelerators and devices. */
export function zerosFor(accelerators: readonly string[], deviceClasses: readonly string[]): Amounts {
  const names = [...accelerators.map(resourceName), ...deviceClasses.flatMap(deviceNames)];
  return Object.fromEntries(names.map((name) => [name, '0']));
}

/** Of an extended resource nothing else counts. */
const resourceName = (resource: string): string => `requests.${resource}`;

/** Devices that a claim asks for, and those that a container asks for as if the class were a resource, which has a shorter name. */
function deviceNames(name: string): readonly string[] {
  const claimed = `${name}.deviceclass.resource.k8s.io/devices`;
  return name.length <= 63 ? [claimed, resourceName(`${DEVICE_CLASS_DOMAIN}/${name}`)] : [claimed];
}
