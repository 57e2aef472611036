import type { Log } from '#platform/log.ts';
import type { Step } from './run.ts';
import { startedAt } from './steady-clock.ts';
import type { Failure } from './schedule/attempt.ts';
import { obstacle } from './schedule/outlook.ts';
import type { Lifetime } from './schedule/lifetime.ts';
import type { Action, AgentState, Event, SecretState } from './schedule/state.ts';
import { storeOf } from './schedule/stores.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Logs what happens: constant messages, no secret, at `info` only what is of interest a month later. */
export function keepJournal(log: Log): (step: Step) => void {
  return (step) => {
    const { event } = step;
    switch (event.type) {
      case 'logged_in':
        return log.info({ store: event.store, ...ttl(event.session.lifetime) }, 'Logged in');
      case 'token_renewed':
        return log.info(ttl(event.lifetime), 'Renewed the session');
      case 'read':
        return logRead(log, step, event);
      case 'renewed':
        return log.info(
          { path: byLease(step.after, event.leaseId)?.ref.path, ...ttl(event.lifetime) },
          'Renewed a lease',
        );
      case 'rendered':
        return logRendered(log, step, event);
      case 'notified':
        return log.info({ target: event.target }, 'Told of a change');
      case 'redirected':
        return undefined;
      case 'failed':
        return logFailure(log, step, event.action, event.failure);
    }
  };
}

/** Oddities are told once for each answer, however often that is confirmed. */
function logRead(
  log: Log,
  { before, after }: Step,
  { key, reading }: Extract<Event, { type: 'read' }>,
): void {
  const secret = after.secrets.get(key);
  const path = secret?.ref.path;
  log.debug({ path }, 'Read');
  if (secret?.held === before.secrets.get(key)?.held) return;
  for (const warning of reading.warnings ?? []) log.warn({ path, warning }, 'Odd secret');
}

function logRendered(log: Log, { before, now }: Step, event: Extract<Event, { type: 'rendered' }>): void {
  for (const { name, failure } of event.files)
    if (failure)
      log.warn({ file: name, code: failure.code, reason: failure.message }, 'Cannot render a file');
  if (event.changed === undefined) return;
  const removed = event.files.filter((file) => file.removed && !before.files.get(file.name)?.removed);
  if (removed.length > 0)
    log.warn({ files: removed.map(({ name }) => name) }, 'Removed what is not good any more');
  if (before.render.firstAt === undefined)
    log.info({ changed: event.changed, seconds: sinceStart(now) }, 'Rendered the first complete set');
  else if (event.changed.length > 0) log.info({ changed: event.changed }, 'Rotated');
}

/** When it is tried again is said, too, so that nobody restarts what mends itself. */
function logFailure(log: Log, { after, now }: Step, action: Action, failure: Failure): void {
  const fields: Fields = {
    action: action.type,
    code: failure.code,
    reason: failure.message,
    ...('ref' in action ? { path: action.ref.path } : {}),
    ...('store' in action ? { store: action.store } : {}),
    ...('target' in action ? { target: action.target } : {}),
    retry_in_seconds: Math.max(0, Math.round(retryAt(after, action) - now) / 1000),
  };
  const stuck = !failure.transient && obstacle(after) !== undefined;
  if (action.type === 'notify' && !isOwed(after, action.target))
    return log.error(fields, 'Gave up telling of a change');
  log[stuck ? 'error' : 'warn'](fields, 'Action failed');
}

const isOwed = (state: AgentState, target: string): boolean => state.tellings.has(target);

/** When a failed action is tried again: without a session, nothing is before the next login. */
function retryAt(state: AgentState, action: Action): number {
  switch (action.type) {
    case 'render':
      return state.render.due;
    case 'notify':
      return state.tellings.get(action.target)?.due ?? 0;
    case 'login':
      return storeOf(state, action.store).login.due;
    default:
      return retryUnder(state, action);
  }
}

type UnderSession = Extract<Action, { readonly session: unknown }>;

function retryUnder(state: AgentState, action: UnderSession): number {
  const { current, login } = storeOf(state, action.session.store);
  if (!current) return login.due;
  if (action.type === 'renew_token') return current.due;
  const secret = action.type === 'read' ? state.secrets.get(action.key) : byLease(state, action.leaseId);
  return secret?.due ?? current.due;
}

const byLease = (state: AgentState, leaseId: string): SecretState | undefined =>
  [...state.secrets.values()].find(({ held }) => held?.leaseId === leaseId);

const ttl = (lifetime: Lifetime): Fields =>
  'ttlMs' in lifetime ? { ttl_seconds: Math.round(lifetime.ttlMs / 1000) } : {};

const sinceStart = (now: number): number => Math.round(now - startedAt) / 1000;
