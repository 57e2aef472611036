import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { forgetOldest } from '../kept/oldest.ts';
import type { Exchange } from './exchange.ts';

/** Answers that were given away wrapped, until somebody unwraps them. */
export interface Wraps {
  /** True if the answer is a wrap; it is remembered. */
  keep(exchange: Exchange): boolean;
  /** True if the request takes a wrapped answer out. */
  isUnwrapping(exchange: Exchange): boolean;
  /** The request as whoever asked for the wrap would have made it; what is inside is in this answer. */
  open(exchange: Exchange): Exchange;
}

/** Wraps that nobody takes end by themselves; beyond so many the oldest are forgotten. */
const MOST_OPEN = 20_000;

const UNWRAP = new Set(['sys/wrapping/unwrap', 'cubbyhole/response']);

/** Nothing is known of what is inside; not even what kind of secret it is. */
const UNKNOWN = { path: '', mount: '', mountType: 'unknown', auth: {}, request: {} };

/**
 * A wrap and its opening are joined by the accessor of the wrapping token, or by the token's own keyed hash where somebody else's
 * token opens it; neither is shown.
 */
export function createWraps(): Wraps {
  const open = new Map<string, Exchange>();
  return {
    keep(exchange) {
      const info = objectIn(exchange.response, 'wrap_info');
      const keys = keysOf(info, 'token');
      for (const key of keys) {
        open.set(key, exchange);
        forgetOldest(open, MOST_OPEN);
      }
      return keys.length > 0;
    },
    isUnwrapping: ({ path, request }) => UNWRAP.has(path) || UNWRAP.has(textIn(request, 'path')),
    open(exchange) {
      const { auth, request } = exchange;
      const keys = [...keysOf(auth, 'client_token'), ...keysOf(objectIn(request, 'data'), 'token')];
      const asked = keys.map((key) => open.get(key)).find((one) => one !== undefined) ?? UNKNOWN;
      for (const key of keys) open.delete(key);
      const { path, mount, mountType, auth: whose, request: whole } = asked;
      return {
        ...exchange,
        path,
        mount,
        mountType,
        auth: whose,
        request: { ...whole, id: request['id'] ?? '' },
        operation: 'read',
      };
    },
  };
}

const keysOf = (info: JsonObject, token: string): string[] =>
  [textIn(info, 'accessor'), textIn(info, token)].filter((key) => key !== '');
