import type { FileSpec } from '#contract/agent-config.ts';
import type { Reload } from '#contract/reload.ts';
import type { Clock } from '#platform/clock.ts';
import { NotifyError } from './error.ts';
import { tellByHttp } from './http.ts';
import { tellBySignal } from './signal.ts';
import { describeCall, targetOf } from './target.ts';

/**
 * Tells a target.
 *
 * @throws {NotifyError} It was not told, or did not say so in time.
 */
export type Notify = (target: string, signal: AbortSignal) => Promise<void>;

/** A target that hangs is tried this often before it is given up, however long it may take. */
const TRIES = 5;
const SHORTEST_TRY_MS = 5000;

/** Knows the targets of all files. */
export function createNotify(files: readonly FileSpec[], clock: Clock): Notify {
  const targets = new Map(files.flatMap(({ reload }) => (reload ? [[targetOf(reload), reload]] : [])));
  return async (target, signal) => {
    const reload = targets.get(target);
    if (!reload) throw new NotifyError('Cannot tell a target that no file names', { transient: false });
    const limitMs = Math.max(SHORTEST_TRY_MS, Math.floor(reload.deadlineMs / TRIES));
    const limit = AbortSignal.timeout(limitMs);
    try {
      await tell(reload, AbortSignal.any([signal, limit]), clock);
    } catch (error) {
      if (!limit.aborted) throw error;
      throw new NotifyError(`Cannot tell ${describeCall(reload)}: not done within ${limitMs} ms`);
    }
  };
}

async function tell(reload: Reload, signal: AbortSignal, clock: Clock): Promise<void> {
  switch (reload.kind) {
    case 'http':
      return await tellByHttp(reload, signal, () => clock.now());
    case 'signal':
      return await tellBySignal(reload, signal, clock);
    case 'command': {
      // Node's part for child processes is not loaded for pods that need none.
      const { tellByCommand } = await import('./command.ts');
      return await tellByCommand(reload, signal, () => clock.now());
    }
  }
}
