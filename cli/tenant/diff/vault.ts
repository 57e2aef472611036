import { type JsonObject, textIn } from '#contract/json.ts';
import { compareAcls, compareRoles, policiesOf } from '../../../governance/diff/acl.ts';
import type { Difference } from '../../../governance/diff/difference.ts';
import type { Drift, Outcome } from '../../../governance/diff/drift.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { type StoreObject, vaultObjects } from '../../../governance/tenant/render.ts';
import { several } from './several.ts';
import { type VaultQuestions, vaultQuestions } from './vault-questions.ts';
import type { AskVault, VaultAccess } from './vault-client.ts';

const AT_ONCE = 8;

const POLICIES = 'sys/policies/acl';

/** What a policy's name begins with, and what is written into it. */
const NAME = 'sidekey-';
const MARK = 'Written by sidekey';

/** Where Vault or OpenBao is not as the tenants declare. Only reads. */
export async function compareVault(
  ask: AskVault,
  access: Pick<VaultAccess, 'address'>,
  tenancy: Tenancy,
): Promise<Outcome> {
  const questions = vaultQuestions(ask, access.address);
  const declared = tenancy.tenants.flatMap((tenant) =>
    vaultObjects(tenancy, tenant).map((object) => ({ tenant: tenant.name, object })),
  );
  if (declared.length === 0) return { compared: 0, drifts: [], unanswered: [] };
  const answers = await several(declared, AT_ONCE, async (one) => ({
    ...one,
    found: await questions.read(one.object.path),
  }));
  const drifts = answers.flatMap(({ tenant, object, found }): readonly Drift[] => {
    const drift = { destination: 'vault', subject: describe(object.path), tenant, differences: [] } as const;
    if (found === 'unknown') return [];
    if (found === 'missing') return [{ ...drift, kind: 'missing' }];
    const differences = differencesOf(object, found);
    return differences.length === 0 ? [] : [{ ...drift, kind: 'different', differences }];
  });
  const known = new Set(declared.map(({ object }) => object.path));
  const extra = [
    ...(await extraPolicies(questions, known)),
    ...(await extraRoles(questions, known, mountsOf(tenancy))),
  ];
  return {
    compared: answers.filter(({ found }) => found !== 'unknown').length,
    drifts: [...drifts, ...extra],
    unanswered: questions.unanswered(),
  };
}

/** Where tenants log in; nobody is asked about a mount that may not even be there. */
const mountsOf = ({ platform, tenants }: Tenancy): readonly string[] => [
  ...new Set(
    tenants.flatMap(({ vault }) => (vault === undefined ? [] : [platform.vault.mounts[vault.auth]])),
  ),
];

const describe = (path: string): string =>
  path.startsWith(`${POLICIES}/`) ? `policy ${path.slice(POLICIES.length + 1)}` : `role ${path}`;

function differencesOf({ path, body }: StoreObject, found: JsonObject): readonly Difference[] {
  return path.startsWith(`${POLICIES}/`)
    ? compareAcls(textIn(body, 'policy'), found)
    : compareRoles(body, found);
}

const extra = (path: string, reason: string): Drift => ({
  destination: 'vault',
  subject: describe(path),
  tenant: '',
  kind: 'extra',
  reason,
  differences: [],
});

/** Policies that were once rendered, and whose tenant is gone. */
async function extraPolicies(
  questions: VaultQuestions,
  known: ReadonlySet<string>,
): Promise<readonly Drift[]> {
  const names = await questions.list(POLICIES);
  const paths = names.filter((name) => name.startsWith(NAME)).map((name) => `${POLICIES}/${name}`);
  const found = await several(
    paths.filter((path) => !known.has(path)),
    AT_ONCE,
    async (path) => ({ path, policy: await questions.read(path) }),
  );
  return found
    .filter(({ policy }) => typeof policy === 'object' && textIn(policy, 'policy').includes(MARK))
    .map(({ path }) => extra(path, 'it says that sidekey wrote it, and no tenant declares it'));
}

/** Roles that give somebody the policy of a tenant, and that no tenant declares. */
async function extraRoles(
  questions: VaultQuestions,
  known: ReadonlySet<string>,
  mounts: readonly string[],
): Promise<readonly Drift[]> {
  const listed = await several(mounts, mounts.length, async (mount) => {
    const names = await questions.list(`${mount}/role`);
    return names.map((name) => `${mount}/role/${name}`);
  });
  const found = await several(
    listed.flat().filter((path) => !known.has(path)),
    AT_ONCE,
    async (path) => ({ path, role: await questions.read(path) }),
  );
  return found.flatMap(({ path, role }) => {
    const given = typeof role === 'object' ? policiesOf(role).filter((name) => isTenants(name, known)) : [];
    return given.length === 0
      ? []
      : [extra(path, `it gives the policy ${given.join(', ')}, and no tenant declares it`)];
  });
}

const isTenants = (policy: string, known: ReadonlySet<string>): boolean =>
  known.has(`${POLICIES}/${policy}`) || policy.startsWith(NAME);
