import { type Reading, refKey, type SecretRef } from '../provider/provider.ts';
import { type Failure, FRESH, patience, type Urgency } from './attempt.ts';
import { leaseEnd, leave, remnantOf, supersede, tryAgain } from './leases.ts';
import { intervalOf } from './intervals.ts';
import { beginTerm, endOf, endsWithToken, type Lifetime } from './lifetime.ts';
import { sameBody, sameRotation } from './same.ts';
import type { AgentState, Held, Moment, SecretState } from './state.ts';
import { sessionInUse, sessionOf } from './stores.ts';
import { turn } from './turns.ts';

/** Files are brought up to date this long after a change even if other reads are under way: those may hang. */
const SETTLE_MS = 20;

/** Of the time for which a rotation has been overdue, this share is waited. */
const PATIENCE_SHARE = 0.1;

/** Makes references known that the templates ask for; they are due at once. */
export function want(state: AgentState, refs: readonly SecretRef[], now: number): AgentState {
  const unknown = refs.filter((ref) => !state.secrets.has(refKey(ref)));
  if (unknown.length === 0) return state;
  const added = unknown.map((ref): [string, SecretState] => [
    refKey(ref),
    { ref, due: now, attempt: FRESH, confirmedAt: now },
  ]);
  return { ...state, secrets: new Map([...state.secrets, ...added]) };
}

/** An answer and the session it came through. */
interface Answer {
  readonly key: string;
  readonly session: number;
  readonly reading: Reading;
}

/**
 * A secret was read. A lease that ends with its session only counts if that is still the one in use: otherwise the secret is
 * due under the new session anyway.
 */
export function secretRead(state: AgentState, { key, session, reading }: Answer, moment: Moment): AgentState {
  const secret = state.secrets.get(key);
  const term = beginTerm(reading.lifetime, moment.now);
  const { leaseId } = reading;
  if (!secret) return leaveUnwanted(state, { session, reading }, moment.now);
  if (endsWithToken(term) && !sessionInUse(state, session)) return state;
  const held: Held = { value: reading.value, term, session, ...(leaseId === undefined ? {} : { leaseId }) };
  const same = secret.held !== undefined && isUnchanged(secret.held, held);
  const next: SecretState = {
    ref: secret.ref,
    held: same ? secret.held : held,
    due: Math.max(turn(state, key, term, moment), same ? patientUntil(state, secret.held, moment) : 0),
    attempt: FRESH,
    confirmedAt: moment.now,
  };
  const known = { ...state, secrets: new Map(state.secrets).set(key, next) };
  if (same) return known;
  return changed(supersede(known, secret, state.revision + 1, moment.now), moment.now);
}

/** A lease that arrives when nothing is made from its secret any more is not used, but lives. */
function leaveUnwanted(
  state: AgentState,
  { session, reading: { leaseId, lifetime } }: Omit<Answer, 'key'>,
  now: number,
): AgentState {
  const store = sessionOf(state, session)?.store;
  if (store === undefined || leaseId === undefined) return state;
  return leave(state, [remnantOf({ leaseId, store, term: beginTerm(lifetime, now) })], now);
}

/** What has a lease or an end differs in that at least. Of what is rotated, the time until then makes no difference. */
function isUnchanged(before: Held, after: Held): boolean {
  const kinds = new Set([before.term.lifetime.kind, after.term.lifetime.kind]);
  if (kinds.has('leased') || kinds.has('expiring')) return false;
  if (before.value === after.value) return true;
  const same = kinds.has('rotating') ? sameRotation : sameBody;
  return same(before.value.reveal(), after.value.reveal());
}

/** A rotation that is overdue, as while the store cannot reach its database, is waited for with growing patience. */
function patientUntil({ pollMs }: AgentState, { term }: Held, { now }: Moment): number {
  if (term.lifetime.kind !== 'rotating') return now;
  return now + Math.min(pollMs, Math.max(0, now - endOf(term)) * PATIENCE_SHARE);
}

/** There is something to render: soon, for other changes may be about to arrive. */
export function changed(state: AgentState, now: number): AgentState {
  const { render } = state;
  const settled = now + SETTLE_MS;
  const due = render.dirty ? Math.min(render.due, settled) : settled;
  return { ...state, revision: state.revision + 1, render: { ...render, dirty: true, due } };
}

/** A secret could not be read: it stays as it is, and is tried again. */
export function readFailed(state: AgentState, key: string, failure: Failure, moment: Moment): AgentState {
  const secret = state.secrets.get(key);
  if (!secret) return state;
  const started = state.render.firstAt !== undefined;
  const leftMs = secret.held
    ? leaseEnd(state, secret.held) - moment.now
    : patience(failure, started, state.backoff);
  const urgency = {
    leftMs,
    backoff: state.backoff,
    ...(secret.held && unleased(state, key, secret.held.term.lifetime)),
  };
  return { ...state, secrets: new Map(state.secrets).set(key, tryAgain(secret, failure, urgency, moment)) };
}

/** Once it can be read again, a change is not to be seen later than if it had been readable all the time. */
function unleased(state: AgentState, key: string, lifetime: Lifetime): Urgency {
  switch (lifetime.kind) {
    case 'polled':
      return { mostMs: intervalOf(state, key, lifetime), calm: true };
    case 'rotating':
      return { mostMs: state.pollMs };
    default:
      return {};
  }
}
