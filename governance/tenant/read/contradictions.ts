import { describePlace } from '../../place.ts';
import type { Claim, ClaimKind } from './claim.ts';
import { refuse } from './field.ts';

/** A claim, and whose it is. */
export interface TenantClaim extends Claim {
  readonly tenant: string;
}

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
    if (isTree(kind)) for (const claim of ofKind) refuseWithin(claim, first);
  }
}

function refuseSame({ kind, what, tenant, field }: TenantClaim, other: TenantClaim): void {
  if (kind === 'tenant')
    refuse(field, `${what} is already a tenant (${placeOf(other)}); write all of it there`);
  else if (tenant !== other.tenant)
    refuse(field, `${what} is already ${owned(other)}; it can be of one tenant alone`);
  // A path or folder that stands twice in one tenant has been told where it was read.
  else if (!isTree(kind)) refuse(field, `${what} stands twice (${placeOf(other)})`);
}

function refuseWithin(claim: TenantClaim, all: ReadonlyMap<string, TenantClaim>): void {
  const parts = claim.what.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const above = all.get(parts.slice(0, length).join('/'));
    if (above !== undefined && above.tenant !== claim.tenant)
      refuse(claim.field, `${claim.what} is within ${above.what} ${owned(above)}, who could read it`);
  }
}

const owned = (claim: TenantClaim): string => `of ${claim.tenant} (${placeOf(claim)})`;

const placeOf = ({ field }: TenantClaim): string => describePlace(field.report.place(field.path));
