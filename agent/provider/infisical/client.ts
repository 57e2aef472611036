import type { InfisicalStore } from '#contract/agent-config.ts';
import type { Clock } from '#platform/clock.ts';
import type { Secret } from '../../secret.ts';
import { stringAt, isValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Authority } from '../http/authority.ts';
import type { Pauses } from '../http/pauses.ts';
import { type Answer, createTransport } from '../http/transport.ts';

/** One request to the API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the address, encoded, with its query. */
  readonly path: string;
  readonly body?: object;
  /** Absent at login and where the token stands in the body. */
  readonly token?: Secret<string>;
  /** The entity tag of the answer that is known. */
  readonly known?: string;
}

/** Sends a call and returns the answer whatever its status. Throws as the transport does. */
export type Client = (call: Call, signal: AbortSignal) => Promise<Answer>;

/**
 * A client for all requests to a store: the server counts them by address, so a pause that one is asked for holds for all.
 */
export function createClient(
  store: InfisicalStore,
  clock: Clock,
  pauses: Pauses,
  authority?: Authority,
): Client {
  const transport = createTransport(store, () => clock.now(), undefined, authority);
  const address = store.address.replace(/\/+$/u, '');
  return async ({ method, path, body, token, known }, signal) => {
    const left = pauses.left(address, clock.now());
    if (left > 0)
      throw new ProviderError('rate_limited', 'Cannot ask Infisical: it asked for a pause', {
        retryAfterMs: left,
      });
    const answer = await transport({
      uri: `${address}${path}`,
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token.reveal()}` }),
        ...(known !== undefined && { 'if-none-match': known }),
      },
      ...(body && { json: body }),
      signal,
    });
    const { retryAfterMs = statedPause(answer) } = answer;
    if (answer.status === 429 && retryAfterMs !== undefined) pauses.note(address, retryAfterMs, clock.now());
    return { ...answer, retryAfterMs };
  };
}

/** Where a 429 has no `Retry-After`, its text says "Please try again in 7 seconds". */
function statedPause({ status, body }: Answer): number | undefined {
  if (status !== 429 || !isValueMap(body)) return undefined;
  const seconds = /try again in (\d{1,6}) second/u.exec(stringAt(body, 'message') ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
