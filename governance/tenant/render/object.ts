import type { JsonObject } from '#contract/json.ts';
import { TENANT_LABEL } from '../../tenancy.ts';

/** Where a tenant's object is. */
export interface Spot {
  readonly tenant: string;
  readonly namespace: string;
}

/** A label by which everything of a tenant is found. */
export const metadata = (name: string, { tenant, namespace }: Spot): JsonObject => ({
  name,
  namespace,
  labels: { [TENANT_LABEL]: tenant },
});
