import type { JsonObject } from '#contract/json.ts';
import { yamlDocuments } from '../yaml.ts';
import type { Tenancy } from './platform.ts';
import { infisicalBodies, infisicalPlaces } from './render/infisical.ts';
import { infisicalScript } from './render/infisical-script.ts';
import { namespaceGroups } from './render/kubernetes.ts';
import { policyName, policyText, roleBody, rolePath } from './render/vault.ts';
import { vaultScript } from './render/vault-script.ts';
import type { Tenant } from './tenant.ts';

/** A file below the output folder. */
export interface RenderedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a store is to hold in one place. */
export interface StoreObject {
  /** Where it is read: for Vault and OpenBao a path without `/v1/`, for Infisical one that begins with `/api/`. */
  readonly path: string;
  readonly body: JsonObject;
}

/** All files of all tenants, by path. */
export function renderTenants(tenancy: Tenancy): readonly RenderedFile[] {
  const files = [
    ...tenancy.tenants.flatMap((tenant) => kubernetesFiles(tenancy, tenant)),
    ...vaultFiles(tenancy),
    ...infisicalFiles(tenancy),
  ];
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function kubernetesFiles(tenancy: Tenancy, tenant: Tenant): readonly RenderedFile[] {
  return tenant.namespaces.flatMap((namespace) =>
    namespaceGroups(tenancy, tenant, namespace).map(({ name, objects }) => ({
      path: `kubernetes/tenants/${tenant.name}/${namespace}/${name}.yaml`,
      text: yamlDocuments(objects),
    })),
  );
}

/** What a tenant is in Kubernetes, in the order in which it can be made. */
export function kubernetesObjects(tenancy: Tenancy, tenant: Tenant): readonly JsonObject[] {
  return tenant.namespaces.flatMap((namespace) =>
    namespaceGroups(tenancy, tenant, namespace).flatMap(({ objects }) => objects),
  );
}

function vaultFiles({ platform, tenants }: Tenancy): readonly RenderedFile[] {
  const folder = platform.vault.product;
  const files = tenants.flatMap((tenant) => {
    if (tenant.vault === undefined) return [];
    return [
      { path: `${folder}/${tenant.name}/policy.hcl`, text: policyText(tenant, tenant.vault.paths) },
      { path: `${folder}/${tenant.name}/role.json`, text: json(roleBody(platform, tenant, tenant.vault)) },
    ];
  });
  return files.length === 0
    ? []
    : [...files, { path: `${folder}/apply.sh`, text: vaultScript(platform, tenants) }];
}

/** What a tenant is in Vault or OpenBao; nothing if it has no access. */
export function vaultObjects({ platform }: Tenancy, tenant: Tenant): readonly StoreObject[] {
  if (tenant.vault === undefined) return [];
  const policy = policyText(tenant, tenant.vault.paths);
  return [
    { path: `sys/policies/acl/${policyName(tenant)}`, body: { policy } },
    { path: rolePath(platform, tenant.vault), body: roleBody(platform, tenant, tenant.vault) },
  ];
}

function infisicalFiles({ platform, tenants }: Tenancy): readonly RenderedFile[] {
  const files = tenants.flatMap((tenant) =>
    tenant.infisical === undefined
      ? []
      : Object.entries(infisicalBodies(platform, tenant, tenant.infisical)).map(([name, body]) => ({
          path: `infisical/${tenant.name}/${name}.json`,
          text: json(body),
        })),
  );
  return files.length === 0
    ? []
    : [...files, { path: 'infisical/apply.sh', text: infisicalScript(platform, tenants) }];
}

/** What a tenant is in Infisical; nothing if it has no access. */
export function infisicalObjects({ platform }: Tenancy, tenant: Tenant): readonly StoreObject[] {
  if (tenant.infisical === undefined) return [];
  const places = infisicalPlaces(tenant, tenant.infisical);
  const bodies = infisicalBodies(platform, tenant, tenant.infisical);
  return (['role', 'membership', 'login'] as const).map((name) => ({
    path: places[name],
    body: bodies[name],
  }));
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
