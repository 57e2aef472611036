import { type Failure, FRESH, fail, isRefusal, retryDelay, type Urgency } from './attempt.ts';
import { dueAt, endOf, isLeased, type Lifetime, refuseRenewal, renewTerm } from './lifetime.ts';
import type { AgentState, Held, Moment, SecretState, Superseded } from './state.ts';
import { sessionInUse, sessionOf } from './stores.ts';

/**
 * When a secret ends (milliseconds since the epoch): with its own time or, if it is leased, with the token that issued
 * it, whichever is first. A lease whose session is unknown has ended.
 */
export function leaseEnd(state: AgentState, { term, session }: Pick<Held, 'term' | 'session'>): number {
  if (!isLeased(term)) return endOf(term);
  const issuer = sessionOf(state, session);
  return issuer ? Math.min(endOf(term), endOf(issuer.term)) : Number.NEGATIVE_INFINITY;
}

/** Remembers the lease that a secret had before it was read anew: it is kept alive until it is let go. */
export function supersede(state: AgentState, { held }: SecretState, now: number): AgentState {
  if (held?.leaseId === undefined) return state;
  const { leaseId, session, term } = held;
  const due = now + Math.max(0, leaseEnd(state, held) - now) / 2;
  return { ...state, superseded: [...state.superseded, { leaseId, session, term, due }] };
}

/** Lets the replaced leases run out. To be called once nobody uses their secrets any more. */
export function letGo(state: AgentState): AgentState {
  return { ...state, superseded: [] };
}

/** A lease lives on, be it the one in use or one whose secret is still in the files. */
export function leaseRenewed(
  state: AgentState,
  leaseId: string,
  lifetime: Lifetime,
  moment: Moment,
): AgentState {
  const renewed = (before: Held | Superseded): { term: Held['term']; due: number } => {
    const term = renewTerm(before.term, lifetime, moment.now);
    return { term, due: dueAt(term, state.pollMs, moment.random) };
  };
  return onLease(state, leaseId, {
    inUse: (secret, held) => {
      const { term, due } = renewed(held);
      // The renewal of a lease that ends with a replaced session is no reason not to replace it, too.
      const next = sessionInUse(state, held.session) ? due : secret.due;
      return { ...secret, held: { ...held, term }, due: next, attempt: FRESH, confirmedAt: moment.now };
    },
    superseded: (lease) => ({ ...lease, ...renewed(lease) }),
  });
}

/** A refused renewal makes the secret due to be read anew; a fault that passes, to be tried again. */
export function renewalFailed(
  state: AgentState,
  leaseId: string,
  failure: Failure,
  moment: Moment,
): AgentState {
  const { now, random } = moment;
  if (isRefusal(failure)) {
    return onLease(state, leaseId, {
      inUse: (secret, held) => ({ ...secret, held: { ...held, term: refuseRenewal(held.term) }, due: now }),
      superseded: () => undefined,
    });
  }
  return onLease(state, leaseId, {
    inUse: (secret, held) => tryAgain(secret, failure, { leftMs: leaseEnd(state, held) - now }, moment),
    superseded: (lease) => ({
      ...lease,
      due: now + retryDelay(1, random, { leftMs: leaseEnd(state, lease) - now }),
    }),
  });
}

/** The secret after one more failure to read or renew it. */
export function tryAgain(
  secret: SecretState,
  failure: Failure,
  urgency: Urgency,
  { now, random }: Moment,
): SecretState {
  const attempt = fail(secret.attempt, failure, now);
  const delay = retryDelay(attempt.failures, random, { ...urgency, retryAfterMs: failure.retryAfterMs });
  return { ...secret, attempt, due: now + delay };
}

interface LeaseChange {
  inUse(secret: SecretState, held: Held): SecretState;
  /** Undefined: no longer of interest. */
  superseded(lease: Superseded): Superseded | undefined;
}

function onLease(state: AgentState, leaseId: string, change: LeaseChange): AgentState {
  for (const [key, secret] of state.secrets) {
    if (secret.held?.leaseId === leaseId)
      return { ...state, secrets: new Map(state.secrets).set(key, change.inUse(secret, secret.held)) };
  }
  const superseded = state.superseded.flatMap((lease) =>
    lease.leaseId === leaseId ? (change.superseded(lease) ?? []) : lease,
  );
  return { ...state, superseded };
}
