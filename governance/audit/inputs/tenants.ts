import type { Tenancy } from '../../tenant/platform.ts';
import type { Member, Tenant } from '../../tenant/tenant.ts';
import type { Emit, RowOf } from '../row.ts';
import { shownName, shownNames } from '../shown.ts';
import type { Objects, Use } from './objects.ts';

/** Whose a namespace is: as the declarations have it, else as the cluster does. */
export function tenantFinder(
  tenancy: Tenancy | undefined,
  { namespaces }: Objects,
): (namespace: string) => string | undefined {
  const declared = new Map(
    tenancy?.tenants.flatMap((tenant) => tenant.namespaces.map((namespace) => [namespace, tenant.name])),
  );
  return (namespace) => shownName(declared.get(namespace) ?? namespaces.get(namespace)?.tenant);
}

/** What a namespace belongs to, and what of it is declared. */
interface Share {
  readonly cells: RowOf<'tenant'>;
  /** By the name that quotas have for it. */
  readonly limits: ReadonlyMap<string, string>;
  readonly uses: ReadonlyMap<string, Use>;
}

/** Says what each tenant may have and how much of it is in use; a row for each namespace and resource. */
export function emitTenants(tenancy: Tenancy | undefined, objects: Objects, emit: Emit): void {
  const shares = [...declaredShares(tenancy, objects), ...foundShares(tenancy, objects)];
  for (const { cells, limits, uses } of shares) {
    const resources = [...new Set([...limits.keys(), ...uses.keys()])].toSorted();
    if (resources.length === 0) emit('tenant', cells);
    for (const resource of resources) {
      const { hard, used } = uses.get(resource) ?? {};
      emit('tenant', {
        ...cells,
        resource: shownName(resource),
        max: shownName(limits.get(resource)),
        quota: shownName(hard),
        used: shownName(used),
      });
    }
  }
}

function declaredShares(tenancy: Tenancy | undefined, { quotas }: Objects): readonly Share[] {
  return (tenancy?.tenants ?? []).flatMap((tenant) =>
    tenant.namespaces.map((namespace) => ({
      cells: { ...tenantCells(tenant), namespace: shownName(namespace) },
      limits: limitsOf(tenant),
      uses: notable(quotas.get(namespace)),
    })),
  );
}

/** Namespaces that say whose they are, and that nobody declared. */
function foundShares(tenancy: Tenancy | undefined, { namespaces, quotas }: Objects): readonly Share[] {
  const declared = new Set(tenancy?.tenants.flatMap((tenant) => tenant.namespaces));
  const found = [...namespaces].filter(([name, { tenant }]) => tenant !== '' && !declared.has(name));
  return found.map(([name, { tenant, owner }]) => ({
    cells: {
      tenant: shownName(tenant),
      owner: shownName(owner),
      namespace: shownName(name),
      enforcement: tenancy === undefined ? undefined : 'not declared',
    },
    limits: new Map(),
    uses: notable(quotas.get(name)),
  }));
}

/** Quotas forbid a long list of accelerators by a zero; those that are not there are not worth a row. */
const notable = (uses: ReadonlyMap<string, Use> = new Map()): ReadonlyMap<string, Use> =>
  new Map([...uses].filter(([, { hard, used }]) => hard !== '0' || (used !== '0' && used !== '')));

function tenantCells({ name, owner, enforcement, vault, infisical, ...tenant }: Tenant): RowOf<'tenant'> {
  const folders = infisical?.environments.map(({ slug, folder }) => `${infisical.project}/${slug}${folder}`);
  return {
    tenant: shownName(name),
    owner: shownName(owner),
    enforcement,
    role: shownName(vault?.role),
    paths: shownNames(vault?.paths.map(({ path }) => path) ?? []),
    infisical: shownNames(folders ?? []),
    developers: shownNames(tenant.developers.map(memberText)),
    viewers: shownNames(tenant.viewers.map(memberText)),
  };
}

const memberText = ({ kind, namespace, name }: Member): string =>
  kind === 'ServiceAccount' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

const limitsOf = ({ accelerators, compute }: Tenant): ReadonlyMap<string, string> =>
  new Map([
    ...accelerators.allow.map(({ resource, max }): [string, string] => [`requests.${resource}`, String(max)]),
    ...accelerators.deviceClasses.map(({ name, max }): [string, string] => [
      `${name}.deviceclass.resource.k8s.io/devices`,
      String(max),
    ]),
    ...Object.entries(compute),
  ]);
