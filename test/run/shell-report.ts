import type { Tally } from './outcome.ts';

/** Counts the lines `ok: …` and `not ok: …` of a shell check. */
export function readShellReport(output: string): { readonly tally: Tally; readonly report: string } {
  const lines = output.split('\n');
  const failures = lines.filter((line) => line.startsWith('not ok: '));
  const passed = lines.filter((line) => line.startsWith('ok: ')).length;
  return { tally: { passed, failed: failures.length }, report: failures.join('\n') };
}
