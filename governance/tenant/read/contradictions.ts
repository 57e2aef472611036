import { describePlace } from '../declaration.ts';
import type { Claim, ClaimKind } from './claim.ts';
import { refuse } from './field.ts';

/** A claim, and whose it is. */
export interface TenantClaim extends Claim {
  readonly tenant: string;
}

/** What stands in a message. */
const NOUNS: Readonly<Record<ClaimKind, string>> = {
  tenant: 'tenant',
  namespace: 'namespace',
  role: 'role',
  path: 'path',
  folder: 'folder',
  identity: 'identity',
};

/** Of which all that is below belongs to it. */
const isTree = (kind: ClaimKind): boolean => kind === 'path' || kind === 'folder';

/** Notes where two tenants, or one twice, want the same for themselves. */
export function refuseContradictions(claims: readonly TenantClaim[]): void {
  for (const [kind, ofKind] of Map.groupBy(claims, (claim) => claim.kind)) {
    const first = new Map<string, TenantClaim>();
    for (const claim of ofKind) {
      const other = first.get(claim.what);
      if (other === undefined) first.set(claim.what, claim);
      else refuseSame(claim, other);
    }
    if (isTree(kind)) for (const claim of first.values()) refuseWithin(claim, first);
  }
}

/** A path that stands twice in one tenant has been told where it was read. */
function refuseSame(claim: TenantClaim, other: TenantClaim): void {
  if (claim.tenant === other.tenant && isTree(claim.kind)) return;
  refuse(
    claim.field,
    `the ${NOUNS[claim.kind]} ${claim.what} is also ${owned(other)}; it can be of one tenant, once`,
  );
}

function refuseWithin(claim: TenantClaim, all: ReadonlyMap<string, TenantClaim>): void {
  const parts = claim.what.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const above = all.get(parts.slice(0, length).join('/'));
    if (above !== undefined && above.tenant !== claim.tenant)
      refuse(claim.field, `${claim.what} is within ${above.what} ${owned(above)}, who could read it`);
  }
}

const owned = ({ tenant, field }: TenantClaim): string =>
  `of ${tenant} (${describePlace(field.report.place(field.path))})`;
