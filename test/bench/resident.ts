import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Prepared } from './task.ts';

/** A process that stays. */
export interface Resident extends AsyncDisposable {
  readonly pid: number;
  readonly files: readonly string[];
  /** Milliseconds from the start to the last file, and, where the process says so, to being ready. */
  readonly readyMs: number;
}

/** From `/proc/PID/smaps_rollup`, in MB (10^6 bytes). */
export interface Memory {
  readonly rss: number;
  readonly pss: number;
  readonly anonymous: number;
}

const READY_DEADLINE_MS = 60_000;
/** `sysconf(_SC_CLK_TCK)`, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a process and waits until it has rendered its files.
 *
 * @param wrapper Put before the command line.
 * @throws {Error} If it ends or does not get there.
 */
export async function startResident(
  { argv, env, files, readyUrl }: Prepared,
  wrapper: readonly string[] = [],
): Promise<Resident> {
  const [file = '', ...args] = [...wrapper, ...argv];
  const begin = performance.now();
  const child = spawn(file, args, { env, stdio: 'ignore' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  try {
    await until(child, () => files.every((path) => existsSync(path)));
    if (readyUrl !== undefined) await until(child, async () => await isOk(readyUrl));
  } catch (error) {
    await stop(child);
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    files,
    readyMs: performance.now() - begin,
    [Symbol.asyncDispose]: () => stop(child),
  };
}

async function until(child: ChildProcess, done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_DEADLINE_MS;
  while (!(await done())) {
    const gone = child.exitCode !== null || child.signalCode !== null;
    if (gone || performance.now() > deadline)
      throw new Error(
        `Cannot measure ${child.spawnargs.join(' ')}: ${gone ? 'it ended' : 'it is not ready'}`,
      );
    await sleep(2);
  }
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(killer);
}

export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'mu').exec(text)?.[1]) * 1024) / 1e6;
  return { rss: megabytes('Rss'), pss: megabytes('Pss'), anonymous: megabytes('Pss_Anon') };
}

/** CPU time so far, in milliseconds (to 10 ms). */
export async function cpuOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; after it, utime and stime are the 12th and 13th fields (proc(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
