import { type ChildProcess, spawn } from 'node:child_process';
import { open, utimes } from 'node:fs/promises';
import type { CommandReload } from '#contract/reload.ts';
import { codeOf, NotifyError } from './error.ts';
import { describeCall } from './target.ts';

/** All of the environment that a command gets: the agent's own is not its business. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Runs a command; it has told whom it tells if it ends with 0. `touch` needs no program.
 *
 * @throws {NotifyError}
 */
export async function tellByCommand(
  call: CommandReload,
  signal: AbortSignal,
  now: () => number,
): Promise<void> {
  const [program = '', ...options] = call.words;
  if (program === 'touch') return await touch(options, now());
  signal.throwIfAborted();
  const doing = describeCall(call);
  const end = await run(program, options, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failedToStart(doing, codeOf(error));
  });
  signal.throwIfAborted();
  if (end !== 0) throw new NotifyError(`Cannot run the ${doing}: it ended with ${end}`);
}

function failedToStart(doing: string, code: string): NotifyError {
  if (code === 'ENOENT' || code === 'EACCES')
    return new NotifyError(`Cannot run the ${doing}: the agent's image has no such program (${code})`, {
      transient: false,
    });
  return new NotifyError(`Cannot run the ${doing}: ${code}`);
}

/** How a program ended. What it prints is not read, for nobody knows what it is. */
function run(program: string, options: readonly string[], signal: AbortSignal): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, {
      cwd: '/',
      env: ENVIRONMENT,
      stdio: 'ignore',
      // A group of its own, so that what it has started ends with it.
      detached: true,
    });
    const stop = (): void => killGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop);
      // What it leaves behind would be one more with each change, in the memory of the agent's container.
      stop();
      end();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, by) => settle(() => resolve(code ?? by ?? 'an unknown end')));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** As the command does: who watches a file sees that it has changed, and one that is not there is made. */
async function touch(paths: readonly string[], now: number): Promise<void> {
  const seconds = now / 1000;
  for (const path of paths) {
    try {
      await utimes(path, seconds, seconds).catch((error: unknown) => create(path, error));
    } catch (error) {
      throw new NotifyError(`Cannot touch ${path}: ${codeOf(error)}`);
    }
  }
}

async function create(path: string, because: unknown): Promise<void> {
  if (codeOf(because) !== 'ENOENT') throw because;
  const file = await open(path, 'ax', 0o644);
  await file.close();
}
