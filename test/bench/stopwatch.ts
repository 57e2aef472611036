import { execFile } from 'node:child_process';
import type { Prepared } from './task.ts';

/** One run from start to exit. */
export interface Run {
  readonly wallMs: number;
  /** User and system time of the process and all its threads, as the kernel accounts them at its end. */
  readonly cpuMs: number;
}

/** bash's own `time`: the child's `rusage`, to the millisecond, without what the shell itself took. */
const SCRIPT = 'TIMEFORMAT="%3R %3U %3S"; time "$@" > /dev/null 2>&1';

/** @throws {Error} If the command fails. */
export function time({ argv, env }: Prepared): Promise<Run> {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', SCRIPT, 'bash', ...argv], { env }, (error, _stdout, stderr) => {
      const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
      if (error !== null) reject(new Error(`Cannot measure ${argv.join(' ')}: it exited with ${error.code}`));
      else resolve({ wallMs: wall * 1000, cpuMs: (user + system) * 1000 });
    });
  });
}
