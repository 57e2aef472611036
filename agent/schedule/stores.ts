import type { StoreName } from '../provider/provider.ts';
import { FRESH } from './attempt.ts';
import type { AgentState, SessionState, StoreState } from './state.ts';

/** A store that was never logged in to: due at once. */
export const NEW_STORE: StoreState = { former: [], login: { due: 0, attempt: FRESH, refused: 0 } };

export const storeOf = (state: AgentState, name: StoreName): StoreState =>
  state.stores.get(name) ?? NEW_STORE;

/** The state with one store replaced. */
export function withStore(state: AgentState, name: StoreName, store: StoreState): AgentState {
  return { ...state, stores: new Map(state.stores).set(name, store) };
}

/** The sessions in use, one of each store that has been logged in to. */
export const currentSessions = (state: AgentState): SessionState[] =>
  [...state.stores.values()].flatMap(({ current }) => current ?? []);

/** All sessions that are known, the replaced ones first. */
export const allSessions = (state: AgentState): SessionState[] => [
  ...[...state.stores.values()].flatMap(({ former }) => former),
  ...currentSessions(state),
];

/** The session of that number, be it in use or replaced. */
export const sessionOf = (state: AgentState, id: number): SessionState | undefined =>
  allSessions(state).find((session) => session.id === id);

/** The session of that number, if new requests go through it. */
export const sessionInUse = (state: AgentState, id: number): SessionState | undefined =>
  currentSessions(state).find((session) => session.id === id);
