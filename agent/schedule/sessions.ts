import type { Session } from '../provider/provider.ts';
import { type Failure, FRESH, fail, isRefusal, patience, retryDelay } from './attempt.ts';
import { beginTerm, dueAt, endOf, isLeased, type Lifetime, refuseRenewal, renewTerm } from './lifetime.ts';
import type { AgentState, Moment, SessionState } from './state.ts';

/** A token refused so soon after it was granted is no accident: logging in again at once would go round in circles. */
const TRIAL_MS = 60_000;

export const isAlive = (session: SessionState, now: number): boolean => now < endOf(session.term);

/**
 * A new session takes over. What has a lease is due under it at once, for its lease ends with the old token; what has
 * none stays as it is. The old session stays known until its token ends.
 */
export function loggedIn(state: AgentState, session: Session, { now, random }: Moment): AgentState {
  const term = beginTerm(session.lifetime, now);
  const id = state.nextSession;
  const secrets = new Map(
    [...state.secrets].map(([key, secret]) => [
      key,
      secret.held && isLeased(secret.held.term) ? { ...secret, due: now } : secret,
    ]),
  );
  const replaced = state.current ? [state.current] : [];
  return {
    ...state,
    current: { id, session, term, due: dueAt(term, state.pollMs, random), attempt: FRESH },
    former: [...state.former, ...replaced].filter((former) => isAlive(former, now)),
    nextSession: id + 1,
    login: { due: now, attempt: { failures: state.login.attempt.failures } },
    secrets,
  };
}

export function loginFailed(state: AgentState, failure: Failure, { now, random }: Moment): AgentState {
  const attempt = fail(state.login.attempt, failure, now);
  const started = state.render.firstAt !== undefined;
  const leftMs = state.current ? endOf(state.current.term) - now : patience(failure, started);
  const delay = retryDelay(attempt.failures, random, { retryAfterMs: failure.retryAfterMs, leftMs });
  return { ...state, login: { due: now + delay, attempt } };
}

/** The token lives on. If less was granted than at first, it has met its maximum and is due to be replaced. */
export function tokenRenewed(state: AgentState, id: number, lifetime: Lifetime, moment: Moment): AgentState {
  const { current } = state;
  if (current?.id !== id) return state;
  const term = renewTerm(current.term, lifetime, moment.now);
  const due = dueAt(term, state.pollMs, moment.random);
  return { ...state, current: { ...current, term, due, attempt: FRESH } };
}

/**
 * A refused renewal makes the token due to be replaced; a fault that passes, to be tried again. A token that cannot be
 * renewed is not dead yet: it serves until the new one is there.
 */
export function tokenRenewalFailed(
  state: AgentState,
  id: number,
  failure: Failure,
  { now, random }: Moment,
): AgentState {
  const { current } = state;
  if (current?.id !== id) return state;
  if (isRefusal(failure) || failure.code === 'token_invalid')
    return { ...state, current: { ...current, term: refuseRenewal(current.term), due: now } };
  const attempt = fail(current.attempt, failure, now);
  const leftMs = endOf(current.term) - now;
  const delay = retryDelay(attempt.failures, random, { retryAfterMs: failure.retryAfterMs, leftMs });
  return { ...state, current: { ...current, attempt, due: now + delay } };
}

/**
 * A session's token is no longer good, and its leases are gone with it. However many calls find out, one login follows:
 * at once if the token had been good for a while, else after a growing pause.
 */
export function tokenLost(state: AgentState, id: number, failure: Failure, moment: Moment): AgentState {
  const superseded = state.superseded.filter(({ session }) => session !== id);
  const { current, ...rest } = state;
  if (current?.id !== id)
    return { ...state, superseded, former: state.former.filter((session) => session.id !== id) };
  const lost = { ...rest, superseded };
  const { now, random } = moment;
  if (now - current.term.grantedAt >= TRIAL_MS) return { ...lost, login: { due: now, attempt: FRESH } };
  const attempt = fail(state.login.attempt, failure, now);
  return { ...lost, login: { due: now + retryDelay(attempt.failures, random), attempt } };
}
