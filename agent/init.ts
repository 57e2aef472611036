import { keepJournal } from './journal.ts';
import { writeLastWords } from './last-words.ts';
import { type ExitCode, type Parts, worldOf } from './parts.ts';
import { run } from './run.ts';
import { newState } from './schedule/resume.ts';
import { endAt, unready } from './schedule/outlook.ts';
import { revokeTokens } from './shutdown.ts';

/**
 * Renders once and ends. A fault that waiting cannot mend ends it with the reason: at once or, if the store wants to be
 * left alone, when that time is over, for whoever started it does so again. A store that is down is waited for. Its token
 * is left to end by itself, for the leases behind the files hang on it.
 */
export async function renderOnce(parts: Parts): Promise<ExitCode> {
  const { config, clock, random, log, stop } = parts;
  const engine = {
    world: worldOf(parts),
    clock,
    random,
    observe: keepJournal(log),
    endAt: (state: Parameters<typeof unready>[0]) =>
      state.render.firstAt === undefined
        ? endAt(state, { ...config, startDeadlineMs: 0 })
        : Number.NEGATIVE_INFINITY,
  };
  const state = await run(
    engine,
    {
      ...newState(config.pollMs, parts.providers.keys()),
      ...(config.backoff && { backoff: config.backoff }),
    },
    stop,
  );
  const reason = unready(state);
  if (reason === undefined) return 0;
  if (stop.aborted && config.revokeOnShutdown) await revokeTokens(state, log, clock.now());
  log.error({ reason }, stop.aborted ? 'Stopped before the files were rendered' : 'Giving up');
  writeLastWords(config.terminationLog, reason);
  return 1;
}
