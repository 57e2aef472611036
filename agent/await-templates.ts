import type { AgentConfig } from '#contract/agent-config.ts';
import { describeProblems, type Problem } from '#contract/problem.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { missingTemplates } from './config.ts';
import { writeLastWords } from './last-words.ts';
import type { LocalFiles } from './local-files.ts';

export interface Awaiting {
  readonly config: Pick<AgentConfig, 'files' | 'startDeadlineMs' | 'terminationLog'>;
  readonly localFiles: Pick<LocalFiles, 'read'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly stop: AbortSignal;
}

const LOOK_MS = 2000;

/**
 * Waits until every template that is in a file is there, as for any other fault that somebody has to mend: unready, with the
 * reason, for at most as long as the start may take. A mounted Secret or a container beside may bring it later.
 */
export async function awaitTemplates({ config, localFiles, clock, log, stop }: Awaiting): Promise<void> {
  const deadline = clock.now() + (config.startDeadlineMs ?? Infinity);
  let told = '';
  for (;;) {
    const missing = missingTemplates(config.files, (path) => localFiles.read(path));
    told = tell(missing, told, { config, log });
    if (missing.length === 0 || stop.aborted || clock.now() >= deadline) return;
    await clock.sleep(LOOK_MS, stop).catch(() => undefined);
  }
}

/** Says what is missing, where that is another thing than before. */
function tell(
  missing: readonly Problem[],
  told: string,
  { config, log }: Pick<Awaiting, 'config' | 'log'>,
): string {
  const text = describeProblems(missing);
  if (text === told) return told;
  writeLastWords(config.terminationLog, text);
  for (const { key, message } of missing) log.warn({ key, problem: message }, 'Waiting for a template');
  return text;
}
