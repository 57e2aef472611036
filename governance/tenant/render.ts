import type { JsonObject } from '#contract/json.ts';
import type { Tenancy } from './platform.ts';
import type { Tenant } from './tenant.ts';

/** A file below the output folder. */
export interface RenderedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** One write to a store: a request's path without `/v1/`, and its body. */
export interface StoreObject {
  readonly path: string;
  readonly body: JsonObject;
}

/** All files of all tenants, by path. */
export function renderTenants(tenancy: Tenancy): readonly RenderedFile[] {
  throw new Error(`Cannot render ${tenancy.tenants.length} tenants yet`);
}

/** What a tenant is in Kubernetes, in the order in which it has to be made. */
export function kubernetesObjects(tenancy: Tenancy, tenant: Tenant): readonly JsonObject[] {
  throw new Error(`Cannot render ${tenant.name} of ${tenancy.tenants.length} yet`);
}

/** What a tenant is in Vault or OpenBao; nothing if it has no access. */
export function vaultObjects(tenancy: Tenancy, tenant: Tenant): readonly StoreObject[] {
  throw new Error(`Cannot render ${tenant.name} of ${tenancy.tenants.length} yet`);
}
