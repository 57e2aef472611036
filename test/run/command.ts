import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The command and everything it started are killed then. */
  readonly timeoutMs?: number;
}

export interface Finished {
  /** 124 after a time-out, as coreutils' `timeout` has it; 127 if there is no such command. */
  readonly code: number;
  /** Standard output and standard error as they came, without colours. */
  readonly output: string;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const GRACE_MS = 10_000;
const groups = new Set<number>();

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group is gone: what was wanted.
  }
}

let interrupted = false;

/** Whether this process was told to end: what is running is cleaned up, nothing new is begun. */
export function isInterrupted(): boolean {
  return interrupted;
}

/** Passes SIGINT, SIGTERM and SIGHUP on to every command that is running, and to their children. A second one ends this process. */
export function endCommandsOnSignal(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      interrupted = true;
      for (const pid of groups) signalGroup(pid, name);
    });
  }
}

/**
 * Runs a command in the repository with no standard input and a process group of its own, and keeps what it prints.
 * Never rejects.
 */
export function execute(command: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const [file = '', ...args] = command;
  const { environment = {}, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const keep = (chunk: Buffer): number => chunks.push(chunk);
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (pid !== undefined) endGroup(pid);
    }, timeoutMs);
    const finish = (code: number, note: string): void => {
      clearTimeout(timer);
      if (pid !== undefined) groups.delete(pid);
      resolve({ code, output: stripVTControlCharacters(Buffer.concat(chunks).toString('utf8')) + note });
    };
    if (pid !== undefined) groups.add(pid);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => finish(127, `Cannot run ${file}: ${error.message}\n`));
    child.once('close', (code) => {
      if (late) finish(124, `\nStopped after ${Math.round(timeoutMs / 1000)} s: ${command.join(' ')}\n`);
      else finish(code ?? 1, '');
    });
  });
}

function endGroup(pid: number): void {
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS).unref();
}
