import { type Provider, refKey } from '../provider/provider.ts';
import { SAVED_VERSION, type SavedSession, type SavedState } from '../state/saved.ts';
import { FRESH } from './attempt.ts';
import { dueAt, isLeased } from './lifetime.ts';
import { isAlive } from './sessions.ts';
import type { AgentState, Held, Moment, SessionState } from './state.ts';

/** An agent that knows nothing yet: its first plan is to log in and to look what the templates ask for. */
export function newState(pollMs: number): AgentState {
  return {
    pollMs,
    former: [],
    nextSession: 1,
    login: { due: 0, attempt: FRESH },
    secrets: new Map(),
    superseded: [],
    revision: 0,
    render: { dirty: true, due: 0, attempt: FRESH },
    files: new Map(),
  };
}

/**
 * Goes on where an earlier process of this agent stopped: no login and no new lease if its token is still alive. Values
 * are kept whatever has become of their leases, for the files hold them too; what may have changed is due at once.
 */
export function resumeState(
  saved: SavedState,
  pollMs: number,
  resume: Provider['resume'],
  moment: Moment,
): AgentState {
  const revive = ({ id, token, term }: SavedSession): SessionState => ({
    id,
    session: resume(token, term.lifetime),
    term,
    due: dueAt(term, pollMs, moment.random),
    attempt: FRESH,
  });
  const former = saved.former.map(revive).filter((session) => isAlive(session, moment.now));
  const last = saved.current && revive(saved.current);
  const current = last && isAlive(last, moment.now) ? last : undefined;
  const ids = [saved.current, ...saved.former].map((session) => session?.id ?? 0);
  return {
    ...newState(pollMs),
    ...(current === undefined ? {} : { current }),
    former,
    nextSession: Math.max(0, ...ids) + 1,
    secrets: new Map(
      saved.secrets.map(({ ref, ...held }) => {
        const due = revivedDue(held, current) ?? dueAt(held.term, pollMs, moment.random);
        return [refKey(ref), { ref, held, due, attempt: FRESH, confirmedAt: held.term.grantedAt }];
      }),
    ),
    files: new Map(saved.files.map(({ name, changedAt }) => [name, { used: [], changedAt }])),
  };
}

/** At once for what may have changed unseen, and for a lease whose session is gone; else undefined. */
function revivedDue({ term, session }: Held, current: SessionState | undefined): number | undefined {
  if (term.lifetime.kind === 'polled') return 0;
  return isLeased(term) && session !== current?.id ? 0 : undefined;
}

const kept = ({ id, session, term }: SessionState): SavedSession => ({ id, token: session.token, term });

/** What a restart needs of a state. */
export function toSaved(state: AgentState, fingerprint: string): SavedState {
  return {
    version: SAVED_VERSION,
    fingerprint,
    ...(state.current === undefined ? {} : { current: kept(state.current) }),
    former: state.former.map(kept),
    secrets: [...state.secrets.values()].flatMap(({ ref, held }) => (held ? { ref, ...held } : [])),
    files: [...state.files].map(([name, { changedAt }]) => ({ name, changedAt })),
  };
}

/** True if the two would be saved alike: polling that finds nothing new is no reason to write. */
export function savedAlike(before: AgentState, after: AgentState): boolean {
  return (
    before.current?.term === after.current?.term &&
    before.former.length === after.former.length &&
    before.secrets.size === after.secrets.size &&
    [...after.secrets].every(([key, { held }]) => before.secrets.get(key)?.held === held) &&
    [...after.files].every(([name, { changedAt }]) => before.files.get(name)?.changedAt === changedAt)
  );
}
