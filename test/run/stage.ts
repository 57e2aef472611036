import { isInterrupted } from './command.ts';
import type { Outcome } from './outcome.ts';

export interface Stage {
  readonly name: string;
  run(): Promise<Outcome>;
}

export interface Done {
  readonly name: string;
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** What a stage printed is cut to this; the end says most. */
const REPORT_LINES = 200;

function indent(report: string): string {
  const lines = report.split('\n');
  const cut = lines.length - REPORT_LINES;
  const shown = cut > 0 ? [`… ${cut} more lines`, ...lines.slice(-REPORT_LINES)] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}

/** A length of time for a person: `4.2 s` or `3.5 min`. */
export function humanTime(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

/** One line per stage; below it what failed. */
export function stageLine({ name, outcome, tookMs }: Done): string {
  const { ok, passed, failed, report } = outcome;
  const counts = passed + failed === 0 ? '' : ` ${passed} passed${failed === 0 ? '' : `, ${failed} failed`}`;
  const line = `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} ${humanTime(tookMs).padStart(8)}${counts}`;
  return report === '' ? line : `${line}\n${indent(report)}`;
}

function broken(error: unknown): Outcome {
  const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, passed: 0, failed: 0, report };
}

/** Runs one stage and prints how it went. A stage that throws has failed; the run goes on. */
async function runStage({ name, run }: Stage): Promise<Done> {
  const start = performance.now();
  const outcome = await run().catch(broken);
  const done = { name, outcome, tookMs: performance.now() - start };
  console.log(stageLine(done));
  return done;
}

/** Runs stages one after another, whatever becomes of each; after an interrupt, no more of them. */
export async function runStages(stages: readonly Stage[]): Promise<readonly Done[]> {
  const all: Done[] = [];
  for (const stage of stages) {
    if (isInterrupted()) break;
    all.push(await runStage(stage));
  }
  return all;
}
