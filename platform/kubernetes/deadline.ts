import type { Clock } from '../clock.ts';

/** The caller's cancellation and a time limit in one signal. */
export interface Deadline {
  /** Aborted with the caller's reason, or with the error for when the time is up. */
  readonly signal: AbortSignal;
  /** Begins to count, or begins anew. */
  start(ms: number): void;
  /** From now on only the caller's signal ends it. */
  lift(): void;
  /** Says that the time is up. */
  expire(): void;
  /** To be called at the end, whichever it is, so that the caller's signal does not keep it. */
  end(): void;
}

/** Not `AbortSignal.any`, which leaves something behind on a signal as old as the process. */
export function createDeadline(clock: Clock, signal: AbortSignal, expired: () => Error): Deadline {
  const both = new AbortController();
  let timer = new AbortController();
  const cancel = (): void => both.abort(signal.reason);

  async function count(ms: number, lifted: AbortSignal): Promise<void> {
    await clock.sleep(ms, lifted).catch(() => undefined);
    if (!lifted.aborted) both.abort(expired());
  }

  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: both.signal,
    start(ms) {
      timer.abort();
      timer = new AbortController();
      void count(ms, timer.signal);
    },
    lift: () => timer.abort(),
    expire: () => both.abort(expired()),
    end() {
      timer.abort();
      signal.removeEventListener('abort', cancel);
    },
  };
}
