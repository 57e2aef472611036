import type { VaultStore } from '#contract/agent-config.ts';
import type { Lifetime } from '../../../schedule/lifetime.ts';
import { Secret } from '../../../secret.ts';
import { isValueMap, mapAt, stringAt } from '../../../value/value.ts';
import { isToken } from '../../bearer.ts';
import type { ProviderError } from '../../errors.ts';
import type { Keepsake } from '../../keepsake.ts';
import { malformed, succeeded } from '../../http/refusal.ts';
import type { Answer } from '../../http/transport.ts';
import type { Client } from '../client.ts';
import { generalRefusal } from '../errors.ts';
import { tokenLifetime } from '../lifetime.ts';
import { encodePath, parsePath } from '../path.ts';

/** What a login grants. */
export interface Grant {
  readonly token: Secret<string>;
  readonly lifetime: Lifetime;
}

/**
 * Logs in. What proves who the agent is is read anew each time, for it is replaced.
 *
 * @throws {ProviderError} `login_refused` with what to change, or as for any request.
 */
export type LogIn = (signal: AbortSignal) => Promise<Grant>;

/** What the ways to log in are made from. */
export interface LoginParts {
  readonly client: Client;
  readonly store: VaultStore;
  /** Absent where nothing survives the process. */
  readonly keepsake?: Keepsake;
  /** True for a token that the agent works with already, and that is taken to be good. */
  readonly isInUse: (token: Secret<string>) => boolean;
}

/** One login at a mount. */
export interface LoginRequest {
  /** The mount, such as `auth/kubernetes`. */
  readonly path: string;
  readonly body: object;
  /** Explains why the server does not want it. */
  readonly refused: (answer: Answer) => ProviderError;
  /** True for an answer that is about what was shown, though its status says that the server itself is at fault. */
  readonly isAboutProof?: (answer: Answer) => boolean;
}

/**
 * Sends a login and reads what it grants.
 *
 * @throws {ProviderError} As the request says if it is refused, or as for any request.
 */
export async function requestGrant(
  client: Client,
  { path, body, refused, isAboutProof }: LoginRequest,
  signal: AbortSignal,
): Promise<Grant> {
  const call = { method: 'PUT', path: `${encodePath(parsePath(path).path)}/login`, body } as const;
  const answer = await client(call, signal);
  const doing = `log in at ${path}`;
  const general = isAboutProof?.(answer) === true ? undefined : generalRefusal(answer, doing);
  if (general !== undefined) throw general;
  if (!succeeded(answer)) throw refused(answer);
  const auth = isValueMap(answer.body) ? mapAt(answer.body, 'auth') : undefined;
  const token = auth && stringAt(auth, 'client_token');
  if (auth === undefined || token === undefined || !isToken(token)) throw malformed(doing, 'token');
  return { token: new Secret(token), lifetime: tokenLifetime(auth) };
}
