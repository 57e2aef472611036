import { type Providers, refKey, type StoreName } from '../provider/provider.ts';
import type { Secret } from '../secret.ts';
import {
  SAVED_VERSION,
  type SavedFile,
  type SavedLease,
  type SavedSession,
  type SavedState,
} from '../state/saved.ts';
import type { WrittenFile } from '../template/files.ts';
import { FRESH } from './attempt.ts';
import { leaseEnd, leftBehind } from './leases.ts';
import { owedTellings } from './telling.ts';
import { dueAt, endsWithToken } from './lifetime.ts';
import { isAlive } from './sessions.ts';
import type { AgentState, FileState, Held, Moment, SessionState, Superseded } from './state.ts';
import { allSessions, currentSessions, NEW_STORE, sessionInUse } from './stores.ts';

/** An agent that knows nothing yet: its first plan is to log in at its stores and to look what the templates ask for. */
export function newState(pollMs: number, stores: Iterable<StoreName>): AgentState {
  return {
    pollMs,
    asked: new Map(),
    stores: new Map([...stores].map((name) => [name, NEW_STORE])),
    nextSession: 1,
    secrets: new Map(),
    superseded: [],
    remnants: [],
    revision: 0,
    render: { dirty: true, due: 0, attempt: FRESH },
    files: new Map(),
    commits: 0,
    marks: new Map(),
    notices: [],
    tellings: new Map(),
    paid: new Map(),
  };
}

/**
 * Goes on where an earlier process of this agent stopped: no login and no new lease if its token is still alive. Values
 * are kept whatever has become of their leases, for the files hold them too; what may have changed is due at once.
 */
export function resumeState(
  saved: SavedState,
  pollMs: number,
  providers: Providers,
  moment: Moment,
): AgentState {
  const revive = ({ id, store, token, term }: SavedSession): SessionState[] => {
    const session = providers.get(store)?.resume(token, term.lifetime);
    const due = dueAt(term, Number.POSITIVE_INFINITY, moment.random);
    return session ? [{ id, store, session, term, due, attempt: FRESH }] : [];
  };
  const alive = (session: SessionState): boolean => isAlive(session, moment.now);
  const current = saved.current.flatMap(revive).filter(alive);
  const former = saved.former.flatMap(revive).filter(alive);
  const ids = [...saved.current, ...saved.former].map(({ id }) => id);
  const fresh = newState(pollMs, providers.keys());
  const state = {
    ...fresh,
    stores: new Map(
      [...fresh.stores].map(([name, store]) => {
        const inUse = current.find((session) => session.store === name);
        const replaced = former.filter((session) => session.store === name);
        return [name, { ...store, former: replaced, ...(inUse && { current: inUse }) }];
      }),
    ),
    nextSession: Math.max(0, ...ids) + 1,
  };
  return {
    ...state,
    secrets: new Map(
      saved.secrets.map(({ ref, ...held }) => {
        const due = revivedDue(state, held) ?? dueAt(held.term, Number.POSITIVE_INFINITY, moment.random);
        return [refKey(ref), { ref, held, due, attempt: FRESH, confirmedAt: held.term.grantedAt }];
      }),
    ),
    ...resumeLeases(state, saved, moment),
    files: new Map(saved.files.map((file) => [file.name, reviveFile(file)])),
    ...resumeNotices(saved, moment),
  };
}

/** What it is made of is known once it has been made anew. */
const reviveFile = ({ changedAt, removed }: SavedFile): FileState => ({
  used: [],
  changedAt,
  ...(removed && { removed }),
});

/** The replaced leases that are still alive. All of them had been replaced before the first revision of this process. */
function resumeLeases(
  state: AgentState,
  { superseded, remnants }: SavedState,
  { now }: Moment,
): Pick<AgentState, 'superseded' | 'remnants'> {
  const kept = superseded.flatMap((lease): Superseded[] => {
    const left = leaseEnd(state, lease) - now;
    return left > 0 ? [{ ...lease, revision: 0, due: now + left / 2 }] : [];
  });
  const ids = new Set(kept.map(({ leaseId }) => leaseId));
  return {
    superseded: kept,
    remnants: remnants.filter(({ leaseId, endsAt }) => endsAt > now && !ids.has(leaseId)),
  };
}

/** What was owed is still owed. Commits are counted on, so that none is taken for another. */
function resumeNotices(
  { notices, superseded, files }: SavedState,
  moment: Moment,
): Pick<AgentState, 'commits' | 'marks' | 'notices' | 'tellings'> {
  return {
    commits: Math.max(0, ...[...notices, ...superseded].map(({ commit }) => commit ?? 0)),
    marks: new Map(files.flatMap(({ name, mark }) => (mark === undefined ? [] : [[name, mark]]))),
    notices,
    tellings: owedTellings(notices, moment),
  };
}

/**
 * Takes what stands in the volumes for the last content of the files: one whose template fails now keeps it, and neither
 * holds up the others nor makes a pod unready that was ready before. Only of files that an earlier process committed.
 */
export function takeOver(
  state: AgentState,
  contents: ReadonlyMap<string, Secret<string>>,
  writings: ReadonlyMap<string, readonly WrittenFile[]> = new Map(),
): AgentState {
  const files = [...state.files].map(([name, file]): [string, FileState] => {
    const [content, written] = [contents.get(name), writings.get(name)];
    return [name, content ? { ...file, content, ...(written && { written }) } : file];
  });
  return { ...state, files: new Map(files) };
}

/** At once for what may have changed unseen, and for a lease whose session is gone; else undefined. */
function revivedDue(state: AgentState, { term, session }: Held): number | undefined {
  if (term.lifetime.kind === 'polled' || term.lifetime.kind === 'rotating') return 0;
  return endsWithToken(term) && !sessionInUse(state, session) ? 0 : undefined;
}

const kept = ({ id, store, session, term }: SessionState): SavedSession => ({
  id,
  store,
  token: session.token,
  term,
});

const keptLease = ({ leaseId, store, session, term, commit }: Superseded): SavedLease => ({
  leaseId,
  store,
  session,
  term,
  ...(commit === undefined ? {} : { commit }),
});

function keptFile(
  name: string,
  { changedAt, written, removed }: FileState,
  mark: string | undefined,
): SavedFile {
  const places = written?.map(({ volume, path, mode }) => ({ volume, path, mode }));
  return {
    name,
    changedAt,
    ...(mark === undefined ? {} : { mark }),
    ...(places && { written: places }),
    ...(removed && { removed }),
  };
}

/** What a restart needs of a state. */
export function toSaved(state: AgentState, fingerprint: string): SavedState {
  return {
    version: SAVED_VERSION,
    fingerprint,
    current: currentSessions(state).map(kept),
    former: [...state.stores.values()].flatMap(({ former }) => former).map(kept),
    secrets: [...state.secrets.values()].flatMap(({ ref, held }) => (held ? { ref, ...held } : [])),
    superseded: state.superseded.map(keptLease),
    remnants: leftBehind(state),
    files: [...state.files].map(([name, file]) => keptFile(name, file, state.marks.get(name))),
    notices: state.notices,
  };
}

/** True if the two would be saved alike: polling that finds nothing new is no reason to write. */
export function savedAlike(before: AgentState, after: AgentState): boolean {
  return (
    sameSessions(allSessions(before), allSessions(after)) &&
    before.secrets.size === after.secrets.size &&
    sameItems(before.superseded, after.superseded) &&
    sameItems(before.remnants, after.remnants) &&
    sameItems(before.notices, after.notices) &&
    before.marks === after.marks &&
    [...after.secrets].every(([key, { held }]) => before.secrets.get(key)?.held === held) &&
    [...after.files].every(([name, { changedAt }]) => before.files.get(name)?.changedAt === changedAt)
  );
}

const sameItems = <T>(before: readonly T[], after: readonly T[]): boolean =>
  before.length === after.length && after.every((item, index) => before[index] === item);

const sameSessions = (before: readonly SessionState[], after: readonly SessionState[]): boolean =>
  before.length === after.length && after.every(({ term }, index) => before[index]?.term === term);
