import { endOf, isLasting, isRenewable, replaceAt } from './lifetime.ts';
import { isAlive } from './sessions.ts';
import { isMisplaced, withdrawnFiles } from './outage.ts';
import type { StoreName } from '../provider/provider.ts';
import type { Attempt } from './attempt.ts';
import type { Action, AgentState, Held, SecretState, SessionState, StoreState, Superseded } from './state.ts';
import { sessionOf, storeOf } from './stores.ts';
import { planTelling } from './telling.ts';

/** What is to be under way now, and when to look again if nothing happens before. */
export interface Plan {
  readonly actions: readonly Action[];
  /** Milliseconds since the epoch; always after the moment planned for, `Infinity` if only an event can change anything. */
  readonly wakeAt: number;
}

/** One part of a plan: what is to be done now, and times at which that may change. */
interface Part {
  readonly actions: readonly Action[];
  readonly wakes: readonly number[];
}

const NOTHING: Part = { actions: [], wakes: [] };
const act = (...actions: Action[]): Part => ({ actions, wakes: [] });
const wait = (...wakes: number[]): Part => ({ actions: [], wakes });

/**
 * What the state asks for at a moment. Pure and declarative: an action stays in the plan until its event has arrived, so
 * whoever performs it starts what is new, and drops what is no longer asked for.
 */
export function plan(state: AgentState, now: number): Plan {
  const stores = [...state.stores].map(([name, store]) => ({ name, store, session: usable(store, now) }));
  const sessions = new Map(stores.map(({ name, session }) => [name, session]));
  const secrets = [...state.secrets].map(([key, secret]) =>
    planSecret(key, secret, sessions.get(secret.ref.store), now),
  );
  const reading = secrets.some(({ actions }) => actions.some(({ type }) => type === 'read'));
  const parts = [
    ...stores.map(({ name, store, session }) => planSession(name, store, session, now)),
    ...secrets,
    ...state.superseded.map((lease) => planSuperseded(state, lease, now)),
    planRender(state, reading, now),
    planTellings(state, now),
  ];
  const wakes = parts.flatMap((part) => part.wakes);
  return {
    actions: parts.flatMap((part) => part.actions),
    // Not as arguments, of which there cannot be as many as a cluster has secrets.
    wakeAt: wakes.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY),
  };
}

const usable = ({ current }: StoreState, now: number): SessionState | undefined =>
  current && isAlive(current, now) ? current : undefined;

/** A token is renewed while that is worth it; else a new one is fetched beside it, in time for its leases to be replaced. */
function planSession(
  name: StoreName,
  { login }: StoreState,
  session: SessionState | undefined,
  now: number,
): Part {
  if (session && session.due > now) return wait(session.due, endOf(session.term));
  if (session && isRenewable(session.term) && now < replaceAt(session.term))
    return { actions: [{ type: 'renew_token', session }], wakes: [replaceAt(session.term)] };
  const ends = session ? [endOf(session.term)] : [];
  if (login.due > now) return wait(login.due, ...ends);
  return { actions: [{ type: 'login', store: name }], wakes: ends };
}

/**
 * A lease is renewed through the session that made it, a lasting one through whichever is in use; everything else is read
 * through the one in use.
 */
function planSecret(
  key: string,
  { ref, held, due, attempt }: SecretState,
  session: SessionState | undefined,
  now: number,
): Part {
  if (due > now) return wait(due);
  if (!session) return NOTHING;
  const mine = held?.leaseId !== undefined && (isLasting(held.term) || held.session === session.id);
  if (!mine || !isRenewable(held.term) || now >= replaceAt(held.term))
    return act({ type: 'read', key, ref, session, ...knownOf(held, attempt) });
  return { actions: [{ type: 'renew', leaseId: held.leaseId, session }], wakes: [replaceAt(held.term)] };
}

/** After a failure it is to be seen what is there now. */
const knownOf = (held: Held | undefined, { failures }: Attempt): { readonly known?: Held['value'] } =>
  held?.term.lifetime.kind === 'polled' && failures === 0 ? { known: held.value } : {};

/** A replaced lease is renewed as long as a session for it lives; it is never read again. */
function planSuperseded(
  state: AgentState,
  { leaseId, store, session: id, term, due }: Superseded,
  now: number,
): Part {
  const session = isLasting(term) ? storeOf(state, store).current : sessionOf(state, id);
  const alive = session !== undefined && isAlive(session, now) && now < endOf(term);
  if (!alive || !isRenewable(term)) return NOTHING;
  return due > now ? wait(due) : act({ type: 'renew', leaseId, session });
}

/**
 * The first set is rendered when all that is known to be needed has been read. After that a change is rendered as soon as
 * no other read is under way, and soon in any case. After a failure its pause is kept.
 */
function planRender(state: AgentState, reading: boolean, now: number): Part {
  const { render, revision, secrets, files } = state;
  const withdrawn = withdrawnFiles(state, now);
  const first = render.firstAt === undefined;
  if (!render.dirty && (first || !isMisplaced(state, withdrawn))) return wait(withdrawn.wakeAt);
  if (first && [...secrets.values()].some(({ held }) => held === undefined)) return NOTHING;
  const paused = render.attempt.failures > 0 || reading;
  if (paused && render.due > now) return wait(render.due);
  return act({ type: 'render', revision, secrets, files, removed: withdrawn.names });
}

/** Each target is told apart from the others, for one that hangs must not hold them up. */
function planTellings(state: AgentState, now: number): Part {
  const parts = [...state.tellings].map(([target, telling]) => planTelling(state, target, telling, now));
  return {
    actions: parts.filter((part) => typeof part === 'object'),
    wakes: parts.filter((part) => typeof part === 'number'),
  };
}
