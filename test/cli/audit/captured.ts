import { run } from '../../../cli/audit/run.ts';
import { captureIo } from '../captured-io.ts';

/** What a command printed, told, and ended with. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sidekey audit` in this process, at a time that is always the same. */
export async function audit(...args: readonly string[]): Promise<Captured> {
  const io = { ...captureIo(), now: () => Date.parse('2026-11-26T12:00:00Z') };
  const code = await run(args, io);
  return { code, stdout: io.printedText(), stderr: io.told() };
}
