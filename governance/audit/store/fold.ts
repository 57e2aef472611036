import type { Deliveries } from '../kept/deliveries.ts';
import { parseTime } from '../line.ts';
import type { Fold } from '../reader.ts';
import { isWithin, type Scope } from '../scope.ts';
import { type Exchange, isStoreRecord, productOf, readExchange } from './exchange.ts';
import { existingBy, forgottenBy } from './existing.ts';
import { givenBy } from './given.ts';
import { principalOf } from './principal.ts';
import { refusalOf } from './refusal.ts';
import { addBreakGlass, addDenial, deliveryCells } from './rows.ts';
import { createWraps } from './wraps.ts';

/** Reads the audit log of Vault or OpenBao, line by line. */
export function createStoreFold(scope: Scope, deliveries: Deliveries): Fold {
  const wraps = createWraps();
  return {
    isRecord: isStoreRecord,
    take(line) {
      if (line.object['type'] === 'request' || line.at > scope.window.until) return;
      const exchange = readExchange(line);
      learn(wraps.isUnwrapping(exchange) ? wraps.open(exchange) : exchange);
    },
  };

  function learn(exchange: Exchange): void {
    const principal = principalOf(exchange);
    const refusal = refusalOf(exchange);
    const isReported = isWithin(scope.window, exchange.at);
    if (refusal !== undefined) {
      if (isReported) addDenial(exchange, { principal, refusal }, scope);
      return;
    }
    if (wraps.keep(exchange)) return;
    learnVersion(exchange, deliveries);
    const given = givenBy(exchange);
    if (isReported) addBreakGlass(exchange, { principal, given }, scope);
    if (given === undefined) {
      if (exchange.path.endsWith('auth/token/revoke-self')) deliveries.loggedOut(principal, exchange.at);
      return;
    }
    const { at, path } = exchange;
    const store = productOf(exchange);
    const isNew = deliveries.read({ store, path, at, principal, given, expires: expiryOf(exchange) });
    if (isNew && isReported) scope.emit('delivery', deliveryCells(exchange, { principal, given }, scope));
  }
}

/** What there is of a secret, whoever asked. */
function learnVersion(exchange: Exchange, deliveries: Deliveries): void {
  const store = productOf(exchange);
  const forgotten = forgottenBy(exchange);
  if (forgotten !== undefined) deliveries.forget(store, forgotten);
  const existing = existingBy(exchange);
  if (existing === undefined) return;
  const { path, version, made } = existing;
  deliveries.exists(store, path, version, parseTime(made) ?? exchange.at);
}

/** When the token ends, if it is not renewed; a root token never does. */
function expiryOf({ auth, at }: Exchange): number {
  const seconds = Number(auth['token_ttl'] ?? 0);
  return seconds > 0 ? at + seconds * 1000 : Number.POSITIVE_INFINITY;
}
