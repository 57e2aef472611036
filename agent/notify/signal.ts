import { constants } from 'node:os';
import type { ReloadSignal, SignalReload } from '#contract/reload.ts';
import type { Clock } from '#platform/clock.ts';
import { codeOf, NotifyError } from './error.ts';
import { expectsSignal, listProcesses, matchProcesses, type ProcessEntry, readProcess } from './processes.ts';
import { describeCall } from './target.ts';

/** A signal has no answer. Whoever gets it has read its files again by then, or will not. */
const ANSWER_MS = 2000;

/** What is asked of the system, and whom it signals. */
export interface Kernel {
  readonly list: typeof listProcesses;
  readonly read: typeof readProcess;
  readonly expects: typeof expectsSignal;
  readonly kill: (pid: number, signal: ReloadSignal) => void;
}

const KERNEL: Kernel = {
  list: listProcesses,
  read: readProcess,
  expects: expectsSignal,
  kill: (pid, signal) => void process.kill(pid, signal),
};

/**
 * Sends a signal to the one process that is meant; never to several, and never to one that it would end.
 *
 * @throws {NotifyError}
 */
export async function tellBySignal(
  call: SignalReload,
  signal: AbortSignal,
  clock: Clock,
  kernel = KERNEL,
): Promise<void> {
  signal.throwIfAborted();
  send(kernel, findTarget(kernel, call), call);
  await clock.sleep(ANSWER_MS, signal);
}

function findTarget(kernel: Kernel, call: SignalReload): ProcessEntry {
  const others = kernel.list().filter(({ pid }) => pid !== process.pid);
  const [target, another] = matchProcesses(others, call.to);
  const doing = describeCall(call);
  if (!target) {
    const expected =
      'commandLine' in call.to ? '; expected a whole command line, as "ps -o args" shows it' : '';
    throw new NotifyError(`Cannot send ${doing}: there is no such process${expected}`);
  }
  if (another) throw new NotifyError(`Cannot send ${doing}: there are several such processes`);
  return target;
}

/** From the last look at the process to the signal nothing is waited for: its number is not another's by then. */
function send(kernel: Kernel, { pid, startedAt }: ProcessEntry, call: SignalReload): void {
  const doing = describeCall(call);
  if (!handles(kernel, pid, call))
    throw new NotifyError(`Cannot send ${doing}: the process has no handler for it, and would end`);
  if (kernel.read(pid)?.startedAt !== startedAt)
    throw new NotifyError(`Cannot send ${doing}: the process has just ended`);
  try {
    kernel.kill(pid, call.signal);
  } catch (error) {
    const code = codeOf(error);
    const reason = code === 'EPERM' ? 'it runs as another user than the agent' : code;
    throw new NotifyError(`Cannot send ${doing}: ${reason}`);
  }
}

function handles({ expects }: Kernel, pid: number, { signal }: SignalReload): boolean {
  try {
    return expects(pid, constants.signals[signal]);
  } catch {
    return false;
  }
}
