import { intervalOf } from './intervals.ts';
import { endOf, endsWithToken } from './lifetime.ts';
import type { AgentState, Held, SecretState } from './state.ts';
import { sessionOf } from './stores.ts';

/** The files that are to be taken out of the volumes for now, and when to look again. */
export interface Withdrawn {
  readonly names: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly wakeAt: number;
}

const NONE: Withdrawn = { names: new Set(), wakeAt: Number.POSITIVE_INFINITY };

/** Where a pod wants it so, a file is there only as long as all that it is made of is good. */
export function withdrawnFiles(state: AgentState, now: number): Withdrawn {
  if (state.outage?.action !== 'remove') return NONE;
  const ends = [...state.files].map(([name, { used, removed }]) => {
    // What it is made of is not known yet in this process: it stays as it was.
    if (used.length === 0) return { name, at: removed === true ? now : Number.POSITIVE_INFINITY };
    return { name, at: Math.min(...used.map((key) => goodUntil(state, key))) };
  });
  const next = ends.filter(({ at }) => at > now).map(({ at }) => at);
  return {
    names: new Set(ends.filter(({ at }) => at <= now).map(({ name }) => name)),
    wakeAt: Math.min(Number.POSITIVE_INFINITY, ...next),
  };
}

/** True if files stand in the volumes that are to be taken out, or the other way round. */
export const isMisplaced = ({ files }: AgentState, { names }: Withdrawn): boolean =>
  [...files].some(([name, { removed }]) => names.has(name) !== (removed === true));

/** Why a pod that wants it so is not to be sent requests: what it has is not good any more. */
export function failing(state: AgentState, now: number): string | undefined {
  if (state.outage?.action !== 'fail') return undefined;
  const lost = [...state.secrets].find(([key]) => goodUntil(state, key) <= now);
  if (lost === undefined) return undefined;
  const [, { ref, attempt }] = lost;
  const reason = attempt.failure === undefined ? '' : `: ${attempt.failure.message}`;
  return `The store has not confirmed ${ref.path} for too long (sidekey.dev/on-outage)${reason}`;
}

/**
 * Until when a secret is good though the store is away: what has an end, until then; what is read again and again, until it
 * has not been confirmed for the deadline. What is read once is good for ever.
 */
function goodUntil(state: AgentState, key: string): number {
  const secret = state.secrets.get(key);
  return secret?.held ? endOfGood(state, key, secret, secret.held) : Number.POSITIVE_INFINITY;
}

function endOfGood(state: AgentState, key: string, { confirmedAt }: SecretState, held: Held): number {
  const { lifetime } = held.term;
  switch (lifetime.kind) {
    case 'leased':
    case 'expiring': {
      const issuer = endsWithToken(held.term) ? sessionOf(state, held.session) : undefined;
      return Math.min(endOf(held.term), issuer ? endOf(issuer.term) : Number.POSITIVE_INFINITY);
    }
    case 'once':
      return Number.POSITIVE_INFINITY;
    default: {
      const { since = 0, deadlineMs = 0 } = state.outage ?? {};
      return Math.max(confirmedAt, since) + intervalOf(state, key, lifetime) + deadlineMs;
    }
  }
}
