import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import type { Lease, Session } from '../provider.ts';

/** The token that the agent works with, as long as it is taken to be good. */
export interface TokenInUse {
  /** Undefined once it has ended, or the store has said that it is dead. */
  get(): Secret<string> | undefined;
  granted(token: Secret<string>, lifetime: Lifetime): void;
  lost(token: Secret<string>): void;
}

export function createTokenInUse({ now }: Pick<Clock, 'now'>): TokenInUse {
  let held: { readonly token: Secret<string>; readonly endsAt: number } | undefined;
  return {
    get: () => (held && now() < held.endsAt ? held.token : undefined),
    granted(token, lifetime) {
      const ttlMs = 'ttlMs' in lifetime ? lifetime.ttlMs : Number.POSITIVE_INFINITY;
      held = { token, endsAt: now() + ttlMs };
    },
    lost(token) {
      if (held?.token.reveal() === token.reveal()) held = undefined;
    },
  };
}

/** A session under a token that is somebody else's: it is followed, and never revoked. */
export function borrow(session: Session, inUse: TokenInUse): Session {
  const { token } = session;
  inUse.granted(token, session.lifetime);
  return {
    token,
    lifetime: session.lifetime,
    async read(ref, signal) {
      try {
        return await session.read(ref, signal);
      } catch (error) {
        if (error instanceof ProviderError && error.code === 'token_invalid') inUse.lost(token);
        throw error;
      }
    },
    async renew(lease, signal) {
      const lifetime = await session.renew(lease, signal);
      if (lease.kind === 'token') inUse.granted(token, lifetime);
      return lifetime;
    },
    async revoke(lease: Lease, signal) {
      if (lease.kind === 'token')
        throw new ProviderError('forbidden', "Cannot revoke the token: it is not the agent's own");
      await session.revoke(lease, signal);
    },
  };
}
