import { constants } from 'node:os';

/** By custom, the exit code of a process that a signal ended is this much more than the signal's number. */
const SIGNALLED = 128;

/**
 * With these, programs are told to read their files again. One that misses whom it is for, as `pkill -HUP node` may in a pod
 * with one process namespace, would end this process, or open it to a debugger.
 */
const FOR_OTHERS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/**
 * Aborted, with the signal's name in its reason, on the first SIGTERM or SIGINT. A second one ends the process at once. What
 * is meant for others does nothing from then on.
 */
export function terminationSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of FOR_OTHERS) process.on(name, () => undefined);
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      // To the first process of a container the kernel delivers no signal that has no handler, so this one stays.
      if (controller.signal.aborted) process.exit(SIGNALLED + constants.signals[name]);
      controller.abort(new Terminated(name));
    });
  }
  return controller.signal;
}

/** The reason of an aborted termination signal. */
export class Terminated extends Error {
  override readonly name = 'Terminated';

  constructor(signal: string) {
    super(`Received ${signal}`);
  }
}
