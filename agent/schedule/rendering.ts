import { type Failure, FRESH, fail, retryDelay } from './attempt.ts';
import { retime } from './intervals.ts';
import { letGo, supersede, takenOut } from './leases.ts';
import { want } from './secrets.ts';
import { owe } from './telling.ts';
import type { AgentState, FileOutcome, FileState, Moment, Rendered } from './state.ts';

/**
 * The templates were evaluated. References they ask for become known; if the set was committed, the files are what the
 * secrets were at that revision, and the leases replaced by then are needed only until everybody was told.
 */
export function rendered(state: AgentState, event: Rendered, moment: Moment): AgentState {
  const { now } = moment;
  const fault = event.files.find(({ failure }) => failure !== undefined)?.failure;
  const known = want(state, event.missing, now);
  const next = settle(known, event.revision, fault, moment);
  if (event.changed === undefined) return next;
  const files = new Map(
    event.files.map((file) => [file.name, committed(state, file, event.changed ?? [], now)]),
  );
  const complete = {
    ...next,
    files,
    commits: state.commits + 1,
    render: { ...next.render, firstAt: state.render.firstAt ?? now },
  };
  const owing = owe(retime(state, complete, moment), event.files, moment);
  // A file that could not be made anew still holds what it held.
  if (fault) return letGo(owing, now);
  const remembered = event.missing.length > 0 ? owing : forget(owing, event.revision, now);
  return letGo(takenOut(remembered, event.revision), now);
}

/** What is left to be rendered: values that arrived meanwhile, at once; a template's fault, after a pause. */
function settle(
  state: AgentState,
  revision: number,
  fault: Failure | undefined,
  { now, random }: Moment,
): AgentState {
  const { render } = state;
  const attempt = fault ? fail(render.attempt, fault, now) : FRESH;
  if (revision !== state.revision) return { ...state, render: { ...render, dirty: true, due: now, attempt } };
  if (!fault) return { ...state, render: { ...render, dirty: false, attempt } };
  const due = now + retryDelay(attempt.failures, random);
  return { ...state, render: { ...render, dirty: true, due, attempt } };
}

function committed(state: AgentState, file: FileOutcome, changed: readonly string[], now: number): FileState {
  const before = state.files.get(file.name);
  const { name, used, content, written, failure, removed } = file;
  const isOther = changed.includes(name) || removed !== before?.removed;
  return {
    used,
    changedAt: isOther ? now : (before?.changedAt ?? now),
    ...(removed && { removed }),
    ...(content === undefined ? {} : { content }),
    ...(written === undefined ? {} : { written }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Secrets that no file is made from any more are neither read nor renewed. */
function forget(state: AgentState, revision: number, now: number): AgentState {
  const used = new Set([...state.files.values()].flatMap((file) => file.used));
  const unused = [...state.secrets].filter(([key]) => !used.has(key));
  if (unused.length === 0) return state;
  const secrets = new Map([...state.secrets].filter(([key]) => used.has(key)));
  const left: AgentState = { ...state, secrets };
  return unused.reduce((kept, [, secret]) => supersede(kept, secret, revision, now), left);
}

/** The set could not be committed: the old one stands, and it is tried again. */
export function renderFailed(state: AgentState, failure: Failure, { now, random }: Moment): AgentState {
  const attempt = fail(state.render.attempt, failure, now);
  const due = now + retryDelay(attempt.failures, random);
  return { ...state, render: { ...state.render, dirty: true, due, attempt } };
}
