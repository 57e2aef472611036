import type { Clock } from '#platform/clock.ts';
import type { Lifetime } from '../../schedule/lifetime.ts';
import type { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import type { Lease, Session } from '../provider.ts';

/** The tokens that the agent works with, as long as they are taken to be good. */
export interface TokensInUse {
  /** False once it has ended, or the store has said that it is dead. */
  has(token: Secret<string>): boolean;
  granted(token: Secret<string>, lifetime: Lifetime): void;
  lost(token: Secret<string>): void;
}

export function createTokensInUse({ now }: Pick<Clock, 'now'>): TokensInUse {
  let known: readonly { readonly token: Secret<string>; readonly endsAt: number }[] = [];
  const without = (token: Secret<string>): typeof known =>
    known.filter((one) => one.endsAt > now() && one.token.reveal() !== token.reveal());
  return {
    has: (token) => known.some((one) => one.endsAt > now() && one.token.reveal() === token.reveal()),
    granted(token, lifetime) {
      const ttlMs = 'ttlMs' in lifetime ? lifetime.ttlMs : Number.POSITIVE_INFINITY;
      known = [...without(token), { token, endsAt: now() + ttlMs }];
    },
    lost(token) {
      known = without(token);
    },
  };
}

/** A session under a token that is somebody else's: it is followed, and never revoked. */
export function borrow(session: Session, inUse: TokensInUse): Session {
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
