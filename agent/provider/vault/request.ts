import type { Secret } from '../../secret.ts';
import { isValueMap, type ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Call, Client } from './client.ts';
import { generalRefusal, invalidRequest, isDeletedVersion, refusalText } from './errors.ts';
import { succeeded } from '../http/refusal.ts';
import { type Answer, sentAt } from '../http/transport.ts';

/** A request of a session, with what its errors are to say. */
export interface Action {
  readonly method: Call['method'];
  /** Below `/v1/`, encoded. */
  readonly path: string;
  readonly body?: object;
  /** What was answered before: an answer that says the same gives it back. */
  readonly known?: ValueMap | undefined;
  /** Completes "Cannot …". */
  readonly doing: string;
  /** What it stands for if the server says that there is nothing, and no more than that; an error if absent. */
  readonly nothing?: ValueMap;
  /** What a policy has to grant, such as `"read" on "secret/data/app"`. */
  readonly grant: string;
}

/** Sends requests under one token. */
export interface Requests {
  /** The answer, whatever its status. */
  send(action: Pick<Action, 'method' | 'path' | 'body' | 'known'>, signal: AbortSignal): Promise<Answer>;
  /**
   * The body of a successful answer; an empty one for 204.
   *
   * @throws {ProviderError} For every other status.
   */
  perform(action: Action, signal: AbortSignal): Promise<ValueMap>;
  /** The same, with the moment of the answer. */
  ask(action: Action, signal: AbortSignal): Promise<Said>;
}

/** What a server said, and when (milliseconds since the epoch, by its own clock). */
export interface Said {
  readonly body: ValueMap;
  readonly at: number | undefined;
}

export function createRequests(client: Client, token: Secret<string>): Requests {
  const send: Requests['send'] = (action, signal) => client({ ...action, token }, signal);
  const ask: Requests['ask'] = async (action, signal) => {
    const answer = await send(action, signal);
    const at = sentAt(answer.headers);
    if (succeeded(answer)) return { body: bodyOf(answer, action.doing), at };
    if (action.nothing && isNothing(answer)) return { body: action.nothing, at };
    throw await refusalOf(answer, action, () => isTokenDead(client, token, signal));
  };
  return { send, ask, perform: async (action, signal) => (await ask(action, signal)).body };
}

function bodyOf({ body }: Answer, doing: string): ValueMap {
  if (body === undefined) return new Map();
  if (isValueMap(body)) return body;
  throw new ProviderError('invalid_response', `Cannot ${doing}: the answer is not an object`);
}

/** A mount that is gone has words for it, and what is no store has others. */
function isNothing({ status, body }: Answer): boolean {
  const errors = isValueMap(body) ? body.get('errors') : undefined;
  return status === 404 && Array.isArray(errors) && errors.length === 0;
}

async function refusalOf(
  answer: Answer,
  action: Action,
  isDead: () => Promise<boolean>,
): Promise<ProviderError> {
  const { doing, grant } = action;
  if (answer.status === 404)
    return new ProviderError(
      'not_found',
      isDeletedVersion(answer)
        ? `Cannot ${doing}: this version was deleted or destroyed; undelete it or write a new one`
        : `Cannot ${doing}: there is nothing; check the mount, the path and the namespace`,
    );
  if (answer.status !== 403) return generalRefusal(answer, doing) ?? invalidRequest(answer, doing);
  if (await isDead()) return new ProviderError('token_invalid', `Cannot ${doing}: the token has ended`);
  return new ProviderError(
    'forbidden',
    `Cannot ${doing}: the policies of the role do not allow it; grant ${grant}`,
  );
}

/**
 * A 403 means either that the policies forbid the path or that the token is dead. A token may look itself up by the
 * `default` policy; one that lacks even this is told so by a policy's refusal, which servers word differently
 * (`1 error occurred: …`) from that of a token they do not know. A refusal without any words of a store is some proxy's,
 * and says nothing of the token.
 *
 * @throws {ProviderError} If the server does not answer.
 */
async function isTokenDead(client: Client, token: Secret<string>, signal: AbortSignal): Promise<boolean> {
  const answer = await client({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
  if (answer.status !== 403) {
    const refusal = generalRefusal(answer, 'look up the token');
    if (refusal !== undefined) throw refusal;
    return false;
  }
  const text = refusalText(answer);
  return text !== '' && !text.startsWith('1 error occurred');
}
