import type { JsonObject } from '#contract/json.ts';
import type { Platform } from '../platform.ts';
import type { Tenant, VaultAccess, VaultPath } from '../tenant.ts';

/** Whom the API server makes tokens out to if nobody asks for another. */
const DEFAULT_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

/**
 * What the API server says in a token, and what the store's audit log calls it. All of it is signed, so that every record
 * of the log says which pod it was.
 */
const CLAIMS = {
  '/kubernetes.io/namespace': 'service_account_namespace',
  '/kubernetes.io/node/name': 'node_name',
  '/kubernetes.io/pod/name': 'pod_name',
  '/kubernetes.io/pod/uid': 'pod_uid',
  '/kubernetes.io/serviceaccount/name': 'service_account_name',
} as const;

/** A name of nobody else's: what a platform has written itself stays as it is. */
export const policyName = (tenant: Tenant): string => `sidekey-${tenant.name}`;

/** Where the role is that pods log in with, as the API has it. */
export const rolePath = ({ vault: { mounts } }: Platform, { auth, role }: VaultAccess): string =>
  `${mounts[auth]}/role/${role}`;

/** The policy as the store reads it: each path and what is below it, and nothing more. */
export function policyText(tenant: Tenant, paths: readonly VaultPath[]): string {
  const rules = paths.flatMap(({ path, capabilities }) =>
    [path, `${path}/*`].map(
      (one) => `\npath ${quoted(one)} {\n  capabilities = [${capabilities.map(quoted).join(', ')}]\n}\n`,
    ),
  );
  return `# What the pods of ${tenant.name} may do. Written by sidekey: what is changed here is lost.\n${rules.join('')}`;
}

/** As HCL has it. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;

/** The role that pods log in with. What is not said here would stay as somebody left it, so that all of it is said. */
export function roleBody(platform: Platform, tenant: Tenant, vault: VaultAccess): JsonObject {
  const login =
    vault.auth === 'jwt' ? jwtLogin(platform, tenant, vault) : kubernetesLogin(platform, tenant, vault);
  return {
    ...login,
    token_bound_cidrs: [],
    token_explicit_max_ttl: 0,
    token_max_ttl: vault.maxTtlSeconds,
    // The `default` policy lets a token renew and revoke itself.
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: 0,
    token_policies: [policyName(tenant)],
    token_ttl: vault.ttlSeconds,
    token_type: 'service',
  };
}

function jwtLogin({ vault: { audience } }: Platform, tenant: Tenant, vault: VaultAccess): JsonObject {
  const subjects = tenant.namespaces.flatMap((namespace) =>
    vault.serviceAccounts.map((account) => `system:serviceaccount:${namespace}:${account}`),
  );
  return {
    role_type: 'jwt',
    // One entity for each service account: one for each pod would fill the store with pods that are gone.
    user_claim: 'sub',
    bound_audiences: [audience === '' ? DEFAULT_AUDIENCE : audience],
    bound_subject: '',
    bound_claims_type: 'glob',
    // A token that is no pod's could not be followed in the audit log.
    bound_claims: { sub: subjects.toSorted(), '/kubernetes.io/pod/uid': '*' },
    claim_mappings: { ...CLAIMS },
    groups_claim: '',
  };
}

function kubernetesLogin({ vault: { audience } }: Platform, tenant: Tenant, vault: VaultAccess): JsonObject {
  return {
    alias_name_source: 'serviceaccount_uid',
    audience,
    bound_service_account_names: vault.serviceAccounts,
    // Together they are an "or": a selector would let in namespaces that are not named.
    bound_service_account_namespace_selector: '',
    bound_service_account_namespaces: tenant.namespaces,
  };
}
