import type { Deliveries } from '../kept/deliveries.ts';
import { type LineFault, type LogLine, parseTime } from '../line.ts';
import { isWithin, type Scope } from '../scope.ts';
import { type Exchange, productOf, readExchange } from './exchange.ts';
import { existingBy } from './existing.ts';
import { givenBy } from './given.ts';
import { principalOf } from './principal.ts';
import { refusalOf } from './refusal.ts';
import { addBreakGlass, addDenial, deliveryCells } from './rows.ts';
import { createWraps } from './wraps.ts';

/** Reads the audit log of Vault or OpenBao, line by line. */
export interface StoreFold {
  /** What is wrong with the line, if something is. */
  line(line: LogLine): LineFault | undefined;
}

export function createStoreFold(scope: Scope, deliveries: Deliveries): StoreFold {
  const wraps = createWraps();
  return {
    line(line) {
      const exchange = readExchange(line);
      if (exchange === undefined) return 'foreign';
      if (exchange !== 'request' && line.at <= scope.window.until)
        take(wraps.isUnwrapping(exchange) ? wraps.open(exchange) : exchange);
      return undefined;
    },
  };

  function take(exchange: Exchange): void {
    const principal = principalOf(exchange);
    const refusal = refusalOf(exchange);
    const isReported = isWithin(scope.window, exchange.at);
    if (refusal !== undefined) {
      if (isReported) addDenial(exchange, { principal, refusal }, scope);
      return;
    }
    if (wraps.keep(exchange)) return;
    learnVersion(exchange);
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

  function learnVersion(exchange: Exchange): void {
    const existing = existingBy(exchange);
    if (existing === undefined) return;
    const { path, version, made } = existing;
    deliveries.exists(productOf(exchange), path, version, parseTime(made) ?? exchange.at);
  }
}

/** When the token ends, if it is not renewed; a root token never does. */
function expiryOf({ auth, at }: Exchange): number {
  const seconds = Number(auth['token_ttl'] ?? 0);
  return seconds > 0 ? at + seconds * 1000 : Number.POSITIVE_INFINITY;
}
