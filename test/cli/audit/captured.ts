import { run } from '../../../cli/audit/run.ts';
import type { Io } from '../../../cli/io.ts';

/** What a command printed, told, and ended with. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sidekey audit` in this process, at a time that is always the same. */
export async function audit(...args: readonly string[]): Promise<Captured> {
  let [stdout, stderr] = ['', ''];
  const io: Io = {
    environment: {},
    coloured: false,
    now: () => Date.parse('2026-11-26T12:00:00Z'),
    print: (text) => void (stdout += text),
    printed: () => Promise.resolve(),
    tell: (text) => void (stderr += text),
  };
  const code = await run(args, io);
  return { code, stdout, stderr };
}
