import type { Problem } from '#contract/problem.ts';
import type { Destination, Outcome } from '../../../governance/diff/drift.ts';
import { renderPolicies } from '../../../governance/policy/render.ts';
import type { Tenancy } from '../../../governance/tenant/platform.ts';
import { kubernetesObjects } from '../../../governance/tenant/render.ts';
import type { Io } from '../../io.ts';
import { openCluster } from './cluster.ts';
import type { DiffCommand } from './command.ts';
import { compareInfisicalWith, readInfisicalAccess } from './infisical.ts';
import { compareCluster, type Declared } from './kubernetes.ts';
import { compareVault } from './vault.ts';
import { createVaultClient, readVaultAccess } from './vault-client.ts';

/** Asks what a command is about, each as far as it can be asked. */
export function askAll(tenancy: Tenancy, command: DiffCommand, io: Io): readonly Promise<Outcome>[] {
  const wanted = command.only ?? inUse(tenancy);
  const asking: Readonly<Record<Destination, () => Promise<Outcome>>> = {
    kubernetes: () => askCluster(tenancy, command, io),
    vault: () => askVault(tenancy, io),
    infisical: () => askInfisical(tenancy, io),
  };
  return [...new Set(wanted)].map((one) => asking[one]());
}

function inUse({ tenants }: Tenancy): readonly Destination[] {
  return [
    'kubernetes',
    ...(tenants.some(({ vault }) => vault !== undefined) ? (['vault'] as const) : []),
    ...(tenants.some(({ infisical }) => infisical !== undefined) ? (['infisical'] as const) : []),
  ];
}

async function askCluster(tenancy: Tenancy, { action, cluster }: DiffCommand, io: Io): Promise<Outcome> {
  const kubernetes = openCluster(cluster, io.environment);
  if (!kubernetes.ok) return unasked('kubernetes', kubernetes.problems);
  try {
    return await compareCluster(kubernetes.value, declaredBy(tenancy, action));
  } finally {
    await kubernetes.value.close();
  }
}

function declaredBy(tenancy: Tenancy, action: DiffCommand['action']): readonly Declared[] {
  const policies = renderPolicies(tenancy.platform, { engine: 'vap', action });
  return [
    ...policies.flatMap(({ objects }) => objects.map((object) => ({ tenant: '', object }))),
    ...tenancy.tenants.flatMap((tenant) =>
      kubernetesObjects(tenancy, tenant).map((object) => ({ tenant: tenant.name, object })),
    ),
  ];
}

async function askVault(tenancy: Tenancy, io: Io): Promise<Outcome> {
  const access = readVaultAccess(tenancy.platform.vault, io.environment);
  if (!access.ok) return unasked('vault', access.problems);
  return await compareVault(createVaultClient(access.value), access.value, tenancy);
}

async function askInfisical(tenancy: Tenancy, io: Io): Promise<Outcome> {
  const access = readInfisicalAccess(io.environment);
  if (!access.ok) return unasked('infisical', access.problems);
  return await compareInfisicalWith(access.value, tenancy);
}

const unasked = (destination: Destination, problems: readonly Problem[]): Outcome => ({
  compared: 0,
  drifts: [],
  unanswered: problems.map(({ key, message }) => ({ destination, message: `${key} ${message}` })),
});
