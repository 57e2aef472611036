import { type Attempt, cappedPause } from './attempt.ts';
import { leaseEnd } from './leases.ts';
import { endOf } from './lifetime.ts';
import type { AgentState } from './state.ts';
import { currentSessions } from './stores.ts';

const attempts = (state: AgentState): Attempt[] => [
  ...[...state.stores.values()].map(({ login }) => login.attempt),
  ...currentSessions(state).map(({ attempt }) => attempt),
  ...[...state.secrets.values()].map(({ attempt }) => attempt),
  state.render.attempt,
];

/** What stands in the way of the first complete set of files; a fault that waiting cannot mend before any other. */
export function obstacle(state: AgentState): Attempt | undefined {
  if (state.render.firstAt !== undefined) return undefined;
  const failed = attempts(state).filter(({ failure }) => failure !== undefined);
  return failed.find(({ stuckSince }) => stuckSince !== undefined) ?? failed[0];
}

/** Undefined once a complete set of files has been rendered, for ever; else why not yet, for a person to read. */
export function unready(state: AgentState): string | undefined {
  if (state.render.firstAt !== undefined) return undefined;
  const failure = obstacle(state)?.failure;
  if (failure) return `Not rendered yet (${failure.code}): ${failure.message}`;
  return `Not rendered yet: ${isLoggedIn(state) ? 'reading the secrets' : 'logging in'}`;
}

/**
 * When waiting for somebody to mend a fault before the first render has lasted too long (milliseconds since the epoch);
 * `Infinity` if there is no such fault. A store that is only down is waited for without end. A pause that a store asked
 * for is kept whatever the deadline: who gives up is started again at once, and would ask again.
 */
export function giveUpAt(state: AgentState, deadlineMs: number | null): number {
  const { stuckSince, failure } = obstacle(state) ?? {};
  if (stuckSince === undefined || deadlineMs === null) return Number.POSITIVE_INFINITY;
  return stuckSince + Math.max(deadlineMs, cappedPause(failure?.retryAfterMs));
}

/** When the agent ends by itself: when the first files cannot come about, or at once if it cannot log in and was told not to wait. */
export function endAt(
  state: AgentState,
  {
    startDeadlineMs,
    endsOnLoginFault,
  }: { readonly startDeadlineMs: number | null; readonly endsOnLoginFault?: boolean },
): number {
  const logins = [...state.stores.values()].map(({ login }) => login.attempt);
  const isStuck = state.render.firstAt === undefined && logins.some(({ failures }) => failures > 0);
  return endsOnLoginFault && isStuck ? Number.NEGATIVE_INFINITY : giveUpAt(state, startDeadlineMs);
}

const isLoggedIn = ({ stores }: AgentState): boolean =>
  [...stores.values()].every(({ current }) => current !== undefined);

/** When the first of the current tokens ends; 0 if there is none or they never do. */
export function tokenEnd(state: AgentState): number {
  const ends = currentSessions(state).map(({ term }) => endOf(term));
  return finite(Math.min(Number.POSITIVE_INFINITY, ...ends));
}

/** When the first of these secrets ends that can end; 0 if none can. */
export function firstEnd(state: AgentState, keys: Iterable<string>): number {
  const ends = [...keys].flatMap((key) => {
    const held = state.secrets.get(key)?.held;
    return held && 'ttlMs' in held.term.lifetime ? Math.max(0, leaseEnd(state, held)) : [];
  });
  return finite(Math.min(Number.POSITIVE_INFINITY, ...ends));
}

const finite = (at: number): number => (Number.isFinite(at) ? at : 0);

/** True if the last attempt at a file, and at every secret in it, succeeded. */
export function isUpToDate(state: AgentState, name: string): boolean {
  const file = state.files.get(name);
  if (!file?.content || file.removed || file.failure || state.render.attempt.failure) return false;
  return file.used.every((key) => state.secrets.get(key)?.attempt.failure === undefined);
}

/** When the secret that was confirmed longest ago was last read or renewed; undefined if none was yet. */
export function oldestConfirmation(state: AgentState): number | undefined {
  const times = [...state.secrets.values()].flatMap(({ held, confirmedAt }) => (held ? confirmedAt : []));
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other));
}
