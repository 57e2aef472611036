import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from './command.ts';
import { fromTests, type Outcome } from './outcome.ts';
import { failureSection, readVitestReport } from './vitest-report.ts';

/** How one project of `vitest.config.ts` is run. */
interface VitestRun {
  readonly timeoutMs: number;
  /**
   * How often a test that fails is tried again. Machines stand still for seconds, and real servers have deadlines. What
   * passes only then is named in the report.
   */
  readonly retries: number;
  /** Which files, as vitest's command line has it. Default: all of the project. */
  readonly files?: readonly string[];
}

/** Runs one project of `vitest.config.ts`. */
export async function runVitest(
  project: string,
  { timeoutMs, retries, files = [] }: VitestRun,
): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'sidekey-vitest-'));
  const file = join(directory, 'report.json');
  try {
    const { code, output } = await execute(
      [
        'vitest',
        'run',
        '--project',
        project,
        ...files,
        `--retry=${retries}`,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { timeoutMs, environment: { NO_COLOR: '1' } },
    );
    const json = await readFile(file, 'utf8').catch(() => undefined);
    if (json === undefined) return { ok: false, passed: 0, failed: 0, report: output.trimEnd() };
    const { tally, report, unsteady } = readVitestReport(JSON.parse(json));
    const outcome = fromTests(tally, `${report}\n\n${failureSection(output)}`.trim(), unsteady);
    // An unhandled rejection or a file that does not load fails the run though every test in it passed.
    return code === 0 || !outcome.ok ? outcome : { ...outcome, ok: false, report: output.trimEnd() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
