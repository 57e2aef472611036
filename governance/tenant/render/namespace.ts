import type { JsonObject } from '#contract/json.ts';
import { describeFolder } from '#contract/secret-source.ts';
import {
  INFISICAL_BINDING_KEY,
  INFISICAL_IDENTITIES_KEY,
  VAULT_BINDING_KEY,
  VAULT_ROLES_KEY,
} from '#contract/binding.ts';
import {
  DEVICE_CLASSES_KEY,
  ENFORCEMENT_LABEL,
  GPU_NODE_SELECTOR_KEY,
  GPU_REQUIRED_LABEL,
  GPU_RESOURCES_KEY,
  MIG_STRATEGY_KEY,
  OWNER_KEY,
  TENANT_LABEL,
} from '../../tenancy.ts';
import type { Tenant } from '../tenant.ts';

/** The namespace, which says to every policy what its pods may have. */
export function namespaceObject(tenant: Tenant, name: string): JsonObject {
  const annotations = Object.entries(annotationsOf(tenant)).filter(([, value]) => value !== '');
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: labelsOf(tenant), annotations: Object.fromEntries(annotations) },
  };
}

function labelsOf({ name, enforcement, accelerators, podSecurity }: Tenant): JsonObject {
  const levels = ['enforce', 'audit', 'warn'].flatMap((mode): [string, string][] => [
    [`pod-security.kubernetes.io/${mode}`, podSecurity],
    [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
  ]);
  return {
    [TENANT_LABEL]: name,
    ...(enforcement === 'audit' ? { [ENFORCEMENT_LABEL]: 'audit' } : {}),
    ...(accelerators.required === 'allPods' ? { [GPU_REQUIRED_LABEL]: 'true' } : {}),
    ...Object.fromEntries(levels),
  };
}

/** What is empty allows nothing, as does what is not there. */
function annotationsOf({ owner, accelerators, vault, infisical }: Tenant): Readonly<Record<string, string>> {
  const { allow, deviceClasses, nodeSelector, migStrategy } = accelerators;
  const folders = (infisical?.environments ?? []).map(({ slug, folder }) =>
    describeFolder({ project: infisical?.project ?? '', environment: slug, folder }),
  );
  return {
    [OWNER_KEY]: owner,
    [GPU_RESOURCES_KEY]: allow.map(({ resource }) => resource).join(','),
    [DEVICE_CLASSES_KEY]: deviceClasses.map(({ name }) => name).join(','),
    [GPU_NODE_SELECTOR_KEY]: Object.entries(nodeSelector)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    [MIG_STRATEGY_KEY]: allow.length === 0 ? '' : migStrategy,
    [VAULT_ROLES_KEY]: vault?.role ?? '',
    [VAULT_BINDING_KEY]: (vault?.paths ?? []).map(({ path }) => path).join(','),
    [INFISICAL_BINDING_KEY]: folders.join(','),
    [INFISICAL_IDENTITIES_KEY]: infisical?.identity ?? '',
  };
}
