import { parseJson } from '../../value/json.ts';
import { isValueMap, numberAt, stringAt, type ValueMap } from '../../value/value.ts';
import { Secret } from '../../secret.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import { isToken } from '../bearer.ts';
import { ProviderError } from '../errors.ts';
import { malformed, succeeded } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';
import type { Grant } from './auth.ts';
import type { Client } from './client.ts';
import { refusal } from './errors.ts';

/**
 * The token of a login or a renewal and its life, by the token's own claims: Kubernetes auth reports the configured
 * number, and 0 for a token of 90 days. Both claims are of the server's clock, so ours does not matter.
 */
export function readGrant({ body }: Answer, doing: string): Grant {
  const answer = isValueMap(body) ? body : new Map();
  const token = stringAt(answer, 'accessToken');
  if (token === undefined || !isToken(token)) throw malformed(doing, 'token');
  const claims = claimsOf(token);
  const issued = claims && numberAt(claims, 'iat');
  const end = claims && numberAt(claims, 'exp');
  const stated = numberAt(answer, 'expiresIn') ?? 0;
  const seconds = issued !== undefined && end !== undefined ? end - issued : stated;
  const lifetime: Lifetime =
    seconds > 0 ? { kind: 'leased', ttlMs: seconds * 1000, renewable: true } : { kind: 'static' };
  return { token: new Secret(token), lifetime };
}

/** The claims of a JWT; undefined if it is none. Its signature is for the server to check. */
function claimsOf(token: string): ValueMap | undefined {
  try {
    const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isValueMap(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Prolongs a token: the answer holds another one, which has to be used from then on.
 *
 * @throws {ProviderError} `token_invalid` if it is dead or has met its maximum TTL: then only a new login helps.
 */
export async function renewToken(client: Client, token: Secret<string>, signal: AbortSignal): Promise<Grant> {
  const doing = 'renew the token';
  const body = { accessToken: token.reveal() };
  const answer = await client({ method: 'POST', path: '/api/v1/auth/token/renew', body }, signal);
  if (succeeded(answer)) return readGrant(answer, doing);
  const error = refusal(answer, doing, 'the server does not know how to');
  if (error.transient) throw error;
  throw new ProviderError('token_invalid', `Cannot ${doing}: the server refuses it; a new login is needed`);
}

/** Ends a token, and with it every one that it was renewed from or to. */
export async function revokeToken(client: Client, token: Secret<string>, signal: AbortSignal): Promise<void> {
  const body = { accessToken: token.reveal() };
  const answer = await client({ method: 'POST', path: '/api/v1/auth/token/revoke', body }, signal);
  if (!succeeded(answer)) throw refusal(answer, 'revoke the token', 'the server does not know how to');
}
