/** What a stage of the test run came to. A check without tests of its own (a linter, a build) has an empty tally. */
export interface Outcome {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  /** For a person: what failed and why, and what has to be known of what passed. */
  readonly report: string;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A command that is right or wrong as a whole. */
export function fromExit(code: number, output: string): Outcome {
  return { ok: code === 0, passed: 0, failed: 0, report: code === 0 ? '' : output.trimEnd() };
}

/**
 * A suite of tests. One that ran no test has failed, for it was asked to prove something.
 *
 * @param unsteady What is told whether the suite passed or failed.
 */
export function fromTests({ passed, failed }: Tally, report: string, unsteady = ''): Outcome {
  const told = failed === 0 ? unsteady : `${unsteady}\n${report}`.trim();
  if (passed + failed > 0) return { ok: failed === 0, passed, failed, report: told };
  return { ok: false, passed: 0, failed: 0, report: `No test ran.\n${report}`.trimEnd() };
}

/** The sum of all stages. A stage that failed without a failing test counts as one failure, so that a red run never says `0 failed`. */
export function total(outcomes: readonly Outcome[]): Tally {
  let passed = 0;
  let failed = 0;
  for (const outcome of outcomes) {
    passed += outcome.passed;
    failed += outcome.ok ? 0 : Math.max(1, outcome.failed);
  }
  return { passed, failed };
}
