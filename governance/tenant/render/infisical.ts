import type { JsonObject } from '#contract/json.ts';
import type { Platform } from '../platform.ts';
import type { InfisicalAccess, InfisicalEnvironment, Tenant } from '../tenant.ts';

/** What Infisical is to hold of a tenant, as bodies of requests that make it as well as change it. */
export interface InfisicalBodies {
  /** How the machine identity logs in. */
  readonly login: JsonObject;
  /** A role of the project. */
  readonly role: JsonObject;
  /** Which roles of the project the identity has. */
  readonly membership: JsonObject;
}

/** Requests by which they are read; all but a role are made and changed at the same place. */
export interface InfisicalPlaces {
  readonly login: string;
  readonly role: string;
  readonly membership: string;
}

/** Below `/api`, as the rest of its API. */
export function infisicalPlaces(tenant: Tenant, { project, identity }: InfisicalAccess): InfisicalPlaces {
  return {
    login: `/api/v1/auth/kubernetes-auth/identities/${identity}`,
    role: `${rolesPlace(project)}/slug/${roleSlug(tenant)}`,
    membership: `/api/v1/projects/${project}/memberships/identities/${identity}`,
  };
}

/** Where roles are made, and below their id changed. */
export const rolesPlace = (project: string): string => `/api/v1/projects/${project}/roles`;

const roleSlug = ({ name }: Tenant): string => `sidekey-${name}`;

export function infisicalBodies(
  platform: Platform,
  tenant: Tenant,
  access: InfisicalAccess,
): InfisicalBodies {
  const slug = roleSlug(tenant);
  return {
    // Without a word of the reviewer's token, which stays as it is.
    login: {
      kubernetesHost: platform.infisical.kubernetesHost,
      allowedNamespaces: tenant.namespaces.join(','),
      allowedNames: access.serviceAccounts.join(','),
      allowedAudience: platform.infisical.audience,
      accessTokenTTL: access.ttlSeconds,
      accessTokenMaxTTL: access.maxTtlSeconds,
      accessTokenNumUsesLimit: 0,
    },
    role: {
      slug,
      name: slug,
      description: `What the pods of ${tenant.name} may read. Written by sidekey.`,
      permissions: access.environments.flatMap(permissions),
    },
    membership: { roles: [{ role: slug, isTemporary: false }] },
  };
}

/** Values, what they are imported from, and leases of dynamic secrets; of a folder and all below it. */
function permissions({ slug, folder }: InfisicalEnvironment): readonly JsonObject[] {
  const glob = folder === '/' ? '/**' : `{${folder},${folder}/**}`;
  const conditions = { environment: { $eq: slug }, secretPath: { $glob: glob } };
  return [
    { subject: 'secrets', action: ['describeSecret', 'readValue'], conditions },
    { subject: 'secret-imports', action: ['read'], conditions },
    { subject: 'dynamic-secrets', action: ['lease'], conditions },
  ];
}
