import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The command as it is published. */
const BUNDLE = join(import.meta.dirname, '../../dist/sidekey.cjs');

/** What a run of the command ended with. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SidekeyOptions {
  /** All that there is in the environment, beside a path. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly directory?: string;
}

/** Runs `sidekey` from its bundle, whatever it ends with. */
export function sidekey(args: readonly string[], options: SidekeyOptions = {}): Promise<Ended> {
  const { environment = {}, stdin = '', directory } = options;
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BUNDLE, ...args],
      { env, maxBuffer: 64 * 1024 * 1024, ...(directory === undefined ? {} : { cwd: directory }) },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}
