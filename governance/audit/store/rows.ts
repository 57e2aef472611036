import { listIn, objectIn } from '#contract/json.ts';
import { describeLine } from '../line.ts';
import type { RowOf } from '../row.ts';
import type { Scope } from '../scope.ts';
import { shownName, shownNames, shownPath } from '../shown.ts';
import { type Exchange, productOf } from './exchange.ts';
import type { Given } from './given.ts';
import type { Principal } from './principal.ts';
import { isLogin, type Refusal, REFUSALS } from './refusal.ts';
import { isRule } from './rules.ts';
import { whoCells } from './who.ts';

/** Someone received something. */
export function deliveryCells(
  exchange: Exchange,
  { principal, given }: { readonly principal: Principal; readonly given: Given },
  scope: Scope,
): RowOf<'delivery'> {
  const { auth, mount, path, place, request, time } = exchange;
  const granting = listIn(objectIn(auth, 'policy_results'), 'granting_policies');
  const facts = principal.kind === 'pod' ? scope.pods.facts(principal.uid) : {};
  return {
    time,
    ...whoCells(principal, scope),
    store: productOf(exchange),
    mount: shownPath(mount),
    path: shownPath(path) ?? 'unknown: it was taken out of a wrap that is not in the log',
    ...givenCells(given),
    policy: shownNames(granting.map(({ name }) => name)),
    requestId: shownName(request['id']),
    accelerators: facts.accelerators,
    createdBy: facts.createdBy,
    source: describeLine(place),
  };
}

function givenCells(given: Given): Pick<RowOf<'delivery'>, 'version' | 'lease'> {
  switch (given.kind) {
    case 'version':
      return { version: given.version };
    case 'lease':
      return { lease: given.lease.startsWith('hmac-') ? 'hashed in the log' : shownName(given.lease) };
    case 'issued':
      return { lease: 'none' };
    case 'content':
      return {};
  }
}

/** Adds what the store refused. */
export function addDenial(
  exchange: Exchange,
  { principal, refusal }: { readonly principal: Principal; readonly refusal: Refusal },
  scope: Scope,
): void {
  const { operation, path, place, request } = exchange;
  const from = shownName(request['remote_address']);
  const kind = isLogin(exchange) ? 'store login' : 'store';
  // Whoever has no token is told apart by the address.
  const who = principal.key === 'other::' ? (from ?? '') : principal.key;
  scope.denials.add(`${kind} ${who} ${refusal} ${operation} ${path}`, exchange, () => ({
    kind,
    outcome: 'denied',
    ...whoCells(principal, scope),
    from,
    operation: shownName(operation),
    path: shownPath(path),
    reason: REFUSALS[refusal],
    requestId: shownName(request['id']),
    source: describeLine(place),
  }));
}

/** Adds what went past the pods: a root token, a change of the store's rules, a read by somebody who is no pod. */
export function addBreakGlass(
  exchange: Exchange,
  { principal, given }: { readonly principal: Principal; readonly given: Given | undefined },
  scope: Scope,
): void {
  const kind = breakGlassKind(exchange, principal, given);
  if (kind === undefined) return;
  const { operation, path, place, request } = exchange;
  const { tenant, namespace, pod, uid, serviceAccount, identity } = whoCells(principal, scope);
  const user = serviceAccount === undefined ? identity : `${namespace}/${serviceAccount}`;
  scope.breakGlass.add(`${kind} ${principal.key} ${operation} ${path}`, exchange, () => ({
    kind,
    outcome: 'done',
    user,
    tenant,
    namespace,
    pod,
    uid,
    operation: shownName(operation),
    path: shownPath(path),
    from: shownName(request['remote_address']),
    requestId: shownName(request['id']),
    source: describeLine(place),
  }));
}

function breakGlassKind(
  exchange: Exchange,
  principal: Principal,
  given: Given | undefined,
): string | undefined {
  const isOther = principal.kind === 'other';
  if (isOther && principal.isRoot) return 'root token';
  if (isRule(exchange)) return 'store rules';
  return isOther && given !== undefined ? 'read from outside the pods' : undefined;
}
