import { readFile } from 'node:fs/promises';
import type { VaultStore } from '#contract/agent-config.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import { Secret } from '../../secret.ts';
import { isValueMap, mapAt, stringAt } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Client } from './client.ts';
import { malformed, succeeded } from '../http/refusal.ts';
import { generalRefusal } from './errors.ts';
import { tokenLifetime } from './lifetime.ts';
import { loginRefusal } from './login-refusal.ts';
import { encodePath, parsePath } from './path.ts';

/** What a login grants. */
export interface Grant {
  readonly token: Secret<string>;
  readonly lifetime: Lifetime;
}

/**
 * Logs in with the pod's service-account token, read anew each time, for the kubelet replaces it before it ends.
 * Kubernetes and JWT auth take the same request.
 *
 * @throws {ProviderError} `login_refused` with what to change, or as for any request.
 */
export async function login(client: Client, store: VaultStore, signal: AbortSignal): Promise<Grant> {
  const { role, path, tokenFile } = store.auth;
  const jwt = await readToken(tokenFile);
  const call = {
    method: 'PUT',
    path: `${encodePath(parsePath(path).path)}/login`,
    body: { role, jwt },
  } as const;
  const answer = await client(call, signal);
  const doing = `log in at ${path}`;
  const refusal = generalRefusal(answer, doing);
  if (refusal !== undefined) throw refusal;
  if (!succeeded(answer)) throw loginRefusal(answer, store, jwt);
  const auth = isValueMap(answer.body) ? mapAt(answer.body, 'auth') : undefined;
  const token = auth && stringAt(auth, 'client_token');
  if (auth === undefined || !token) throw malformed(doing, 'token');
  return { token: new Secret(token), lifetime: tokenLifetime(auth) };
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw new ProviderError(
      'login_refused',
      `Cannot read the service-account token ${file}: ${String(code)}; mount a projected token there`,
    );
  }
}
