import { isInterrupted } from './command.ts';
import { total } from './outcome.ts';
import type { Done } from './stage.ts';

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1).padStart(6);
}

/** Minutes per stage, then the one line that sums up every suite: `N passed, N failed`. */
export function summary(stages: readonly Done[], tookMs: number): string {
  const { passed, failed } = total(stages.map(({ outcome }) => outcome));
  return [
    '',
    'minutes per stage',
    ...stages.map((stage) => `  ${stage.name.padEnd(24)}${minutes(stage.tookMs)}`),
    `  ${'in all'.padEnd(24)}${minutes(tookMs)}`,
    '',
    `${passed} passed, ${failed} failed`,
  ].join('\n');
}

/** Prints the summary and sets the exit code. */
export function conclude(stages: readonly Done[], tookMs: number): void {
  console.log(summary(stages, tookMs));
  process.exitCode = stages.every(({ outcome }) => outcome.ok) && !isInterrupted() ? 0 : 1;
}
