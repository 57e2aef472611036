import { type Failure, FRESH, fail, isRefusal, retryDelay, type Urgency } from './attempt.ts';
import {
  dueAt,
  endOf,
  endsWithToken,
  isLasting,
  type Lifetime,
  refuseRenewal,
  renewTerm,
} from './lifetime.ts';
import type { AgentState, Held, Moment, Remnant, SecretState, Superseded } from './state.ts';
import { sessionInUse, sessionOf } from './stores.ts';

/**
 * When a secret ends (milliseconds since the epoch): with its own time or, if it has a lease that does not last, with the
 * token that issued it, whichever is first. Such a lease has ended if its session is unknown.
 */
export function leaseEnd(state: AgentState, { term, session }: Pick<Held, 'term' | 'session'>): number {
  if (!endsWithToken(term)) return endOf(term);
  const issuer = sessionOf(state, session);
  return issuer ? Math.min(endOf(term), endOf(issuer.term)) : Number.NEGATIVE_INFINITY;
}

/**
 * Remembers the lease that a secret had before it was read anew, or is not used by any more from a revision on: it is kept
 * alive until it is let go.
 */
export function supersede(
  state: AgentState,
  { ref, held }: SecretState,
  revision: number,
  now: number,
): AgentState {
  if (held?.leaseId === undefined) return state;
  const { leaseId, session, term } = held;
  const due = now + Math.max(0, leaseEnd(state, held) - now) / 2;
  const lease = { leaseId, store: ref.store, session, term, due, revision };
  return { ...state, superseded: [...state.superseded, lease] };
}

/** The last commit was made of a revision: what had been replaced by then stands in no file any more. */
export function takenOut(state: AgentState, revision: number): AgentState {
  const superseded = state.superseded.map((lease) =>
    lease.commit === undefined && lease.revision <= revision ? { ...lease, commit: state.commits } : lease,
  );
  return { ...state, superseded };
}

/** Lets the replaced leases run out that nobody uses any more: no file holds them, and who had to be told so was. */
export function letGo(state: AgentState, now: number): AgentState {
  const owed = new Set(state.notices.map(({ commit }) => commit));
  const isUsed = (lease: Superseded): boolean =>
    (lease.commit === undefined || owed.has(lease.commit)) && leaseEnd(state, lease) > now;
  const unused = state.superseded.filter((lease) => !isUsed(lease));
  if (unused.length === 0) return state;
  return leave({ ...state, superseded: state.superseded.filter(isUsed) }, unused.map(remnantOf), now);
}

/** Remembers leases that nobody renews any more, as long as they live; those that end with their token are over anyway. */
export function leave(state: AgentState, leases: readonly (Remnant | undefined)[], now: number): AgentState {
  const added = leases.filter((lease) => lease !== undefined);
  if (added.length === 0) return state;
  return { ...state, remnants: [...state.remnants, ...added].filter(({ endsAt }) => endsAt > now) };
}

type Leased = Pick<Superseded, 'store' | 'term'> & { readonly leaseId?: string };

/** What will be left of a lease once it is renewed no more: nothing, if it does not last. */
export function remnantOf({ leaseId, store, term }: Leased): Remnant | undefined {
  return leaseId !== undefined && isLasting(term) ? { leaseId, store, endsAt: endOf(term) } : undefined;
}

/** The lasting leases that nothing stands in a file of. */
export const leftBehind = ({ superseded, remnants }: AgentState): Remnant[] => [
  ...superseded.flatMap((lease) => remnantOf(lease) ?? []),
  ...remnants,
];

/** Every lease that would outlive the agent's tokens. */
export function lastingLeases(state: AgentState, now: number): Remnant[] {
  const held = [...state.secrets.values()].flatMap((secret) =>
    secret.held ? (remnantOf({ ...secret.held, store: secret.ref.store }) ?? []) : [],
  );
  return [...held, ...leftBehind(state)].filter(({ endsAt }) => endsAt > now);
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
      const next = isLasting(held.term) || sessionInUse(state, held.session) ? due : secret.due;
      return { ...secret, held: { ...held, term }, due: next, attempt: FRESH, confirmedAt: moment.now };
    },
    superseded: (lease) => ({ ...lease, ...renewed(lease) }),
  });
}

/** Failures to renew a replaced lease are not counted: 2 to 4 s between two tries, or a quarter of what is left. */
const REPLACED_FAILURES = 5;

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
      superseded: (lease) => ({ ...lease, term: refuseRenewal(lease.term) }),
    });
  }
  return onLease(state, leaseId, {
    inUse: (secret, held) =>
      tryAgain(secret, failure, { leftMs: leaseEnd(state, held) - now, backoff: state.backoff }, moment),
    superseded: (lease) => ({
      ...lease,
      due: now + retryDelay(REPLACED_FAILURES, random, { leftMs: leaseEnd(state, lease) - now }),
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
  superseded(lease: Superseded): Superseded;
}

function onLease(state: AgentState, leaseId: string, change: LeaseChange): AgentState {
  for (const [key, secret] of state.secrets) {
    if (secret.held?.leaseId === leaseId)
      return { ...state, secrets: new Map(state.secrets).set(key, change.inUse(secret, secret.held)) };
  }
  const superseded = state.superseded.map((lease) =>
    lease.leaseId === leaseId ? change.superseded(lease) : lease,
  );
  return { ...state, superseded };
}
