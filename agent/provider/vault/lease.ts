import type { Lifetime } from '../../schedule/lifetime.ts';
import { mapAt, numberAt } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Lease } from '../provider.ts';
import { malformed } from '../http/refusal.ts';
import { leaseLifetime, tokenLifetime } from './lifetime.ts';
import type { Requests } from './request.ts';

/**
 * Prolongs the token or a lease, by as much as its mount or role grants.
 *
 * @throws {ProviderError} `token_invalid` if the token is dead or cannot be renewed any more; `lease_gone` if the lease
 * is, or if no policy lets it be renewed: then only a new one helps.
 */
export async function renew(requests: Requests, lease: Lease, signal: AbortSignal): Promise<Lifetime> {
  return lease.kind === 'token' ? renewToken(requests, signal) : renewSecret(requests, lease.id, signal);
}

async function renewToken(requests: Requests, signal: AbortSignal): Promise<Lifetime> {
  const doing = 'renew the token';
  const path = 'auth/token/renew-self';
  const action = { method: 'PUT', path, body: {}, doing, grant: `"update" on "${path}"` } as const;
  const body = await requests.perform(action, signal).catch((error: unknown) => {
    throw replaced(error, 'token_invalid', `Cannot ${doing}: the server refuses it; a new login is needed`);
  });
  const auth = mapAt(body, 'auth');
  if (auth === undefined) throw malformed(doing, 'auth part');
  return tokenLifetime(auth);
}

async function renewSecret(requests: Requests, id: string, signal: AbortSignal): Promise<Lifetime> {
  const doing = `renew a lease of ${ownerOf(id)}`;
  const path = 'sys/leases/renew';
  const action = {
    method: 'PUT',
    path,
    body: { lease_id: id },
    doing,
    grant: `"update" on "${path}"`,
  } as const;
  const body = await requests.perform(action, signal).catch((error: unknown) => {
    throw replaced(error, 'lease_gone', `Cannot ${doing}: the server refuses it; a new one is needed`);
  });
  // It may be that of a server which stands in for the store: that the lease were over is not what it says.
  if (numberAt(body, 'lease_duration') === undefined) throw malformed(doing, 'duration');
  return leaseLifetime(body);
}

/** A renewal that is refused for good means the same whether the lease is unknown, too old or forbidden. */
function replaced(error: unknown, code: 'token_invalid' | 'lease_gone', message: string): unknown {
  const refused =
    error instanceof ProviderError && ['invalid_request', 'not_found', 'forbidden'].includes(error.code);
  return refused ? new ProviderError(code, message) : error;
}

/**
 * Ends the token, with all its leases, or one lease.
 *
 * @throws {ProviderError} `forbidden` for a lease is usual: the `default` policy has no `sys/leases/revoke`.
 */
export async function revoke(requests: Requests, lease: Lease, signal: AbortSignal): Promise<void> {
  const action =
    lease.kind === 'token'
      ? { path: 'auth/token/revoke-self', body: {}, doing: 'revoke the token' }
      : {
          path: 'sys/leases/revoke',
          body: { lease_id: lease.id },
          doing: `revoke a lease of ${ownerOf(lease.id)}`,
        };
  await requests.perform({ ...action, method: 'PUT', grant: `"update" on "${action.path}"` }, signal);
}

/** The path that a lease was made at: its id without the part that tells it from others. */
const ownerOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('/')));
