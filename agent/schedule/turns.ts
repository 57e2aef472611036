import { intervalOf } from './intervals.ts';
import { dueAt, type Term } from './lifetime.ts';
import type { AgentState, Moment } from './state.ts';

/** Polled secrets whose turns fall this close together (as a share of the interval) take the same one. */
const BEAT_SHARE = 0.15;

/** The same of those that may take any turn: the last part of an interval, within which it is chosen by chance. */
const SPREAD_SHARE = 0.75;

/**
 * When a secret is to be seen to that has just been read. A polled one joins a turn that others have already taken, so that
 * all are read and rendered together. The first turn, and the first after a fault, is any: agents that were started together,
 * or that were let in together when a store came back, would else ask together from then on.
 */
export function turn(state: AgentState, key: string, term: Term, { now, random }: Moment): number {
  const interval = intervalOf(state, key, term.lifetime);
  if (term.lifetime.kind !== 'polled') return dueAt(term, interval, random, state.replaceAfter);
  const before = state.secrets.get(key);
  const isAny = before?.held === undefined || before.attempt.failures > 0;
  const share = isAny ? SPREAD_SHARE : BEAT_SHARE;
  const taken =
    interval === state.pollMs ? turnOfOthers(state, now + interval * (1 - share), now + interval) : undefined;
  if (taken !== undefined) return taken;
  return isAny ? now + Math.floor(interval * (1 - share * random())) : dueAt(term, interval, random);
}

/** When others are polled within a span; those that have just failed are tried again at times of their own. */
function turnOfOthers({ secrets }: AgentState, earliest: number, latest: number): number | undefined {
  for (const { held, due, attempt } of secrets.values()) {
    const isPolled = held?.term.lifetime.kind === 'polled' && attempt.failures === 0;
    if (isPolled && due >= earliest && due <= latest) return due;
  }
  return undefined;
}
