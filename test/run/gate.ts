import { execute } from './command.ts';
import { fromExit } from './outcome.ts';
import type { Stage } from './stage.ts';
import { runVitest } from './vitest.ts';

const UNIT_TIMEOUT_MS = 15 * 60_000;

function command(name: string, ...words: readonly string[]): Stage {
  return {
    name,
    run: async () => {
      const { code, output } = await execute(words, { environment: { NO_COLOR: '1' } });
      return fromExit(code, output);
    },
  };
}

/** What every change must pass and any machine can run: no servers, no network, a minute or two. */
export const GATE: readonly Stage[] = [
  command('format', 'oxfmt', '--check', '.'),
  command('lint', 'oxlint', '--type-aware', '--deny-warnings', '--format=unix'),
  command('types', 'tsc', '-p', '.'),
  command('dead code', 'knip'),
  command('bundles', 'rolldown', '-c', 'rolldown.config.ts'),
  { name: 'unit and architecture', run: () => runVitest('unit', { timeoutMs: UNIT_TIMEOUT_MS, retries: 0 }) },
];
