import { shownName } from '../shown.ts';
import type { RowOf } from '../row.ts';
import type { Scope } from '../scope.ts';
import type { Principal } from './principal.ts';

/** What is said of someone that does not say which pod it was. */
export const ACCOUNT_ONLY = 'service account only';

type WhoCells = Pick<
  RowOf<'delivery'>,
  'tenant' | 'namespace' | 'pod' | 'uid' | 'node' | 'serviceAccount' | 'identity' | 'role'
>;

/** The cells that say who it was. */
export function whoCells(
  principal: Principal,
  { pods, tenantOf }: Pick<Scope, 'pods' | 'tenantOf'>,
): WhoCells {
  if (principal.kind === 'other')
    return { identity: principal.isRoot ? 'root token' : (shownName(principal.name) ?? 'unknown') };
  const { namespace, serviceAccount, role } = principal;
  const service = {
    tenant: tenantOf(namespace),
    namespace: shownName(namespace),
    serviceAccount: shownName(serviceAccount),
    role: shownName(role),
  };
  if (principal.kind === 'account') return { ...service, identity: ACCOUNT_ONLY };
  const { uid, name, node } = principal;
  return {
    ...service,
    identity: 'pod',
    pod: shownName(name),
    uid: shownName(uid),
    node: shownName(node) ?? pods.facts(uid).node,
  };
}
