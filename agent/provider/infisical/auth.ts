import { readFile } from 'node:fs/promises';
import type { InfisicalStore } from '#contract/agent-config.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import { httpRefusal, succeeded } from '../http/refusal.ts';
import type { Client } from './client.ts';
import { isUnknownRoute, notInfisical } from './errors.ts';
import { loginRefusal } from './login-refusal.ts';
import { readGrant } from './token.ts';

/** What a login or a renewal grants. */
export interface Grant {
  readonly token: Secret<string>;
  readonly lifetime: Lifetime;
}

/**
 * Logs in as the machine identity. What proves it is read anew each time, for files are replaced.
 *
 * @throws {ProviderError} `login_refused` with what to change and a pause to keep, or as for any request.
 */
export async function login(client: Client, store: InfisicalStore, signal: AbortSignal): Promise<Grant> {
  const { path, body } = await credentials(store);
  const answer = await client({ method: 'POST', path: `/api/v1/auth/${path}/login`, body }, signal);
  const doing = 'log in to Infisical';
  const general = httpRefusal(answer, doing);
  if (general) throw general;
  if (isUnknownRoute(answer)) throw notInfisical(doing);
  if (!succeeded(answer)) throw loginRefusal(answer, store.auth);
  return readGrant(answer, doing);
}

async function credentials({ auth }: InfisicalStore): Promise<{ path: string; body: object }> {
  const organization = auth.organization === undefined ? {} : { organizationSlug: auth.organization };
  if (auth.method === 'kubernetes') {
    const jwt = await readText(auth.tokenFile, 'mount a projected token there');
    return { path: 'kubernetes-auth', body: { identityId: auth.identityId, jwt, ...organization } };
  }
  const clientId =
    'clientId' in auth ? auth.clientId : await readText(auth.clientIdFile, 'mount the client id there');
  const clientSecret = await readText(auth.clientSecretFile, 'mount the client secret there');
  return { path: 'universal-auth', body: { clientId, clientSecret, ...organization } };
}

async function readText(file: string, advice: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw new ProviderError('login_refused', `Cannot read ${file}: ${String(code)}; ${advice}`);
  }
}
