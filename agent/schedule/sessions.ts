import type { Session, StoreName } from '../provider/provider.ts';
import { type Failure, FRESH, fail, isRefusal, patience, retryDelay } from './attempt.ts';
import {
  beginTerm,
  dueAt,
  endOf,
  endsWithToken,
  isLasting,
  type Lifetime,
  refuseRenewal,
  renewTerm,
} from './lifetime.ts';
import type {
  AgentState,
  Login,
  Moment,
  SecretState,
  SessionState,
  StoreState,
  Superseded,
} from './state.ts';
import { sessionInUse, sessionOf, storeOf, withStore } from './stores.ts';

/** A token refused so soon after it was granted is no accident: logging in again at once would go round in circles. */
const TRIAL_MS = 60_000;

/** A token that has no end is left alone. */
const NEVER_POLLED = Number.POSITIVE_INFINITY;

export const isAlive = (session: SessionState, now: number): boolean => now < endOf(session.term);

/**
 * A new session takes over at its store. What has a lease there that ends with the old token is due under it at once; what
 * has none, or one that lasts, stays as it is. The old session stays known until its token ends.
 */
export function loggedIn(
  state: AgentState,
  name: StoreName,
  session: Session,
  { now, random }: Moment,
): AgentState {
  const store = storeOf(state, name);
  const term = beginTerm(session.lifetime, now);
  const id = state.nextSession;
  const due = dueAt(term, NEVER_POLLED, random);
  const replaced = store.current ? [store.current] : [];
  const entered = withStore(state, name, {
    current: { id, store: name, session, since: now, term, due, attempt: FRESH },
    former: [...store.former, ...replaced].filter((former) => isAlive(former, now)),
    login: { ...store.login, due: now, attempt: FRESH },
  });
  const hangs = ({ ref, held }: SecretState): boolean =>
    ref.store === name && held !== undefined && endsWithToken(held.term);
  const secrets = new Map(
    [...state.secrets].map(([key, secret]) => [key, hangs(secret) ? { ...secret, due: now } : secret]),
  );
  return { ...entered, nextSession: id + 1, secrets };
}

export function loginFailed(
  state: AgentState,
  name: StoreName,
  failure: Failure,
  { now, random }: Moment,
): AgentState {
  const store = storeOf(state, name);
  const attempt = fail(store.login.attempt, failure, now);
  const started = state.render.firstAt !== undefined;
  const { backoff } = state;
  const leftMs = store.current ? endOf(store.current.term) - now : patience(failure, started, backoff);
  const { retryAfterMs } = failure;
  const delay = retryDelay(attempt.failures, random, { retryAfterMs, leftMs, backoff });
  return withStore(state, name, { ...store, login: { ...store.login, due: now + delay, attempt } });
}

/** The token lives on. If less was granted than at first, it has met its maximum and is due to be replaced. */
export function tokenRenewed(state: AgentState, id: number, lifetime: Lifetime, moment: Moment): AgentState {
  const current = sessionInUse(state, id);
  if (!current) return state;
  const term = renewTerm(current.term, lifetime, moment.now);
  const due = dueAt(term, NEVER_POLLED, moment.random);
  return withCurrent(state, { ...current, term, due, attempt: FRESH });
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
  const current = sessionInUse(state, id);
  if (!current) return state;
  if (isRefusal(failure) || failure.code === 'token_invalid')
    return withCurrent(state, { ...current, term: refuseRenewal(current.term), due: now });
  const attempt = fail(current.attempt, failure, now);
  const leftMs = endOf(current.term) - now;
  const { backoff } = state;
  const { retryAfterMs } = failure;
  const delay = retryDelay(attempt.failures, random, { retryAfterMs, leftMs, backoff });
  return withCurrent(state, { ...current, attempt, due: now + delay });
}

const withCurrent = (state: AgentState, current: SessionState): AgentState =>
  withStore(state, current.store, { ...storeOf(state, current.store), current });

/**
 * A session's token is no longer good, and the leases that end with it are gone. However many calls find out, one login follows:
 * at once if the token had been good for a while, else after a growing pause.
 */
export function tokenLost(state: AgentState, id: number, failure: Failure, moment: Moment): AgentState {
  const session = sessionOf(state, id);
  if (!session) return state;
  const lives = ({ session: maker, term }: Superseded): boolean => maker !== id || isLasting(term);
  const released = { ...state, superseded: state.superseded.filter(lives) };
  const { current, ...store } = storeOf(state, session.store);
  if (current?.id !== id) {
    const former = store.former.filter((one) => one.id !== id);
    return withStore(released, session.store, { ...store, former, ...(current && { current }) });
  }
  return withStore(released, session.store, {
    ...store,
    login: loginAfterLoss(store, current, failure, moment),
  });
}

/** At once; but if one new token after the other is refused, after a pause that grows with their number. */
function loginAfterLoss(
  { login }: Pick<StoreState, 'login'>,
  { since = 0 }: SessionState,
  failure: Failure,
  { now, random }: Moment,
): Login {
  if (now - since >= TRIAL_MS) return { due: now, attempt: FRESH, refused: 0 };
  const refused = login.refused + 1;
  const attempt = fail(login.attempt, failure, now);
  return { due: now + retryDelay(refused, random), attempt, refused };
}
