import { allowedAt, pay } from './allowance.ts';
import { type Failure, FRESH, fail, retryDelay } from './attempt.ts';
import { letGo } from './leases.ts';
import type { Action, AgentState, FileOutcome, Moment, Notice, Telling, Watch } from './state.ts';

/** After a commit others may follow at once; and the pods of a model are not to read their files at the same moment. */
const SETTLE_MS = 100;
const SPREAD_MS = 200;

const soon = ({ now, random }: Moment): number => now + SETTLE_MS + Math.floor(SPREAD_MS * random());

/** The next time that a target is told: not before it may be, if that was often of late, and not after the last moment. */
function next(
  { paid }: AgentState,
  target: string,
  { due, attempt }: Omit<Telling, 'heldBack'>,
  { now, last = Number.POSITIVE_INFINITY }: { readonly now: number; readonly last?: number },
): Telling {
  const allowed = allowedAt(paid.get(target), now);
  return { due: Math.min(Math.max(due, allowed), last), attempt, heldBack: allowed > due };
}

/** Whether a target takes in what it is told or not, it was busy with it. */
const charge = (state: AgentState, target: string, now: number): AgentState => ({
  ...state,
  paid: new Map(state.paid).set(target, pay(state.paid.get(target), now)),
});

/**
 * What a commit changed is owed to the targets of its files, to each once. A file that had no mark is there for the first
 * time: whoever reads it reads it as it is.
 */
export function owe(state: AgentState, files: readonly FileOutcome[], moment: Moment): AgentState {
  const unseen = files.filter(({ name, watch }) => watch && watch.mark !== state.marks.get(name));
  if (unseen.length === 0) return state;
  const marks = new Map(state.marks);
  for (const { name, watch } of unseen) if (watch) marks.set(name, watch.mark);
  const watches = unseen.flatMap(({ name, watch }) => (watch && state.marks.has(name) ? watch : []));
  const notices = [...Map.groupBy(watches, ({ target }) => target).values()].flatMap((watching) =>
    noticeOf(watching, state.commits, moment.now),
  );
  const tellings = new Map(state.tellings);
  // What is being told already goes on, or keeps its pause: the rest is told after it.
  for (const { target } of notices)
    if (!tellings.has(target))
      tellings.set(target, next(state, target, { due: soon(moment), attempt: FRESH }, moment));
  return { ...state, marks, notices: [...state.notices, ...notices], tellings };
}

/** For all files of one target; the most patient of them counts. */
function noticeOf(watches: readonly Watch[], commit: number, now: number): Notice[] {
  const deadlineMs = Math.max(...watches.map((watch) => watch.deadlineMs));
  return watches
    .slice(0, 1)
    .map(({ target, kind }) => ({ target, kind, commit, giveUpAt: now + deadlineMs }));
}

type Notify = Extract<Action, { type: 'notify' }>;

/** A target was told of everything up to a commit. */
export function notified(
  state: AgentState,
  { target, commit }: Pick<Notify, 'target' | 'commit'>,
  moment: Moment,
): AgentState {
  const notices = state.notices.filter((notice) => notice.target !== target || notice.commit > commit);
  const charged = charge({ ...state, notices }, target, moment.now);
  const telling = next(charged, target, { due: soon(moment), attempt: FRESH }, moment);
  return settle(charged, target, telling, moment.now);
}

/** A target could not be told: it is tried again, for the last time when the time for it is over. */
export function notifyFailed(
  state: AgentState,
  target: string,
  failure: Failure,
  moment: Moment,
): AgentState {
  const { now, random } = moment;
  const notices = state.notices.filter((notice) => notice.target !== target || notice.giveUpAt > now);
  const attempt = fail(state.tellings.get(target)?.attempt ?? FRESH, failure, now);
  const ends = notices.filter((notice) => notice.target === target).map(({ giveUpAt }) => giveUpAt);
  const last = Math.min(Number.POSITIVE_INFINITY, ...ends);
  const delay = retryDelay(attempt.failures, random, { retryAfterMs: failure.retryAfterMs });
  const due = failure.transient ? now + delay : last;
  const charged = charge({ ...state, notices }, target, now);
  return settle(charged, target, next(charged, target, { due, attempt }, { now, last }), now);
}

/** With what is still owed, the target is told again; leases that were kept for what is not owed any more are let go. */
function settle(state: AgentState, target: string, telling: Telling, now: number): AgentState {
  const tellings = new Map(state.tellings);
  if (state.notices.some((notice) => notice.target === target)) tellings.set(target, telling);
  else tellings.delete(target);
  return letGo({ ...state, tellings }, now);
}

/** What an earlier process still owed is told soon. */
export function owedTellings(notices: readonly Notice[], moment: Moment): AgentState['tellings'] {
  return new Map(
    notices.map(({ target }) => [target, { due: soon(moment), attempt: FRESH, heldBack: false }]),
  );
}

/** What is to be told to whom now; and when to look again for the others. */
export function planTelling(
  { notices }: AgentState,
  target: string,
  { due }: Telling,
  now: number,
): Notify | number | undefined {
  const owed = notices.filter((notice) => notice.target === target);
  const [first] = owed;
  if (first === undefined) return undefined;
  if (due > now) return due;
  return { type: 'notify', target, kind: first.kind, commit: Math.max(...owed.map(({ commit }) => commit)) };
}
