import { constants } from 'node:os';
import type { SignalReload } from '#contract/reload.ts';
import type { Clock } from '#platform/clock.ts';
import { codeOf, NotifyError } from './error.ts';
import { expectsSignal, listProcesses, matchProcesses, type ProcessEntry, readProcess } from './processes.ts';
import { describeCall } from './target.ts';

/** A signal has no answer. Whoever gets it has read its files again by then, or will not. */
const ANSWER_MS = 2000;

/**
 * Sends a signal to the one process that is meant; never to several, and never to one that it would end.
 *
 * @throws {NotifyError}
 */
export async function tellBySignal(call: SignalReload, signal: AbortSignal, clock: Clock): Promise<void> {
  signal.throwIfAborted();
  send(findTarget(call), call);
  await clock.sleep(ANSWER_MS, signal);
}

function findTarget(call: SignalReload): ProcessEntry {
  const others = listProcesses().filter(({ pid }) => pid !== process.pid);
  const [target, another] = matchProcesses(others, call.to);
  const doing = describeCall(call);
  if (!target) throw new NotifyError(`Cannot send ${doing}: there is no such process`);
  if (another) throw new NotifyError(`Cannot send ${doing}: there are several such processes`);
  return target;
}

/** From the last look at the process to the signal nothing is waited for, so that no other process can take its number. */
function send({ pid, startedAt }: ProcessEntry, call: SignalReload): void {
  const doing = describeCall(call);
  if (!handles(pid, call))
    throw new NotifyError(`Cannot send ${doing}: the process has no handler for it, and would end`);
  if (readProcess(pid)?.startedAt !== startedAt)
    throw new NotifyError(`Cannot send ${doing}: the process has just ended`);
  try {
    process.kill(pid, call.signal);
  } catch (error) {
    const code = codeOf(error);
    const reason = code === 'EPERM' ? 'it runs as another user than the agent' : code;
    throw new NotifyError(`Cannot send ${doing}: ${reason}`);
  }
}

function handles(pid: number, { signal }: SignalReload): boolean {
  try {
    return expectsSignal(pid, constants.signals[signal]);
  } catch {
    return false;
  }
}
