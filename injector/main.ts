import { describeProblems } from '#contract/problem.ts';
import { systemClock } from '#platform/clock.ts';
import { terminationSignal } from '#platform/lifecycle.ts';
import { createLog } from '#platform/log.ts';
import { readInjectorConfig } from './config.ts';
import { serve } from './serve.ts';

/** 0 after an orderly end, 1 if the webhook cannot be served, 2 if the configuration is wrong. */
async function main(): Promise<0 | 1 | 2> {
  const config = readInjectorConfig(process.env);
  if (!config.ok) {
    process.stderr.write(`Cannot start the injector:\n${describeProblems(config.problems)}\n`);
    return 2;
  }
  const log = createLog(config.value.logLevel, 'injector');
  const stop = terminationSignal();
  try {
    const { env: environment } = process;
    await serve({ config: config.value, environment, clock: systemClock, random: Math.random, log, stop });
    return 0;
  } catch (error) {
    if (stop.aborted) return 0;
    log.fatal({ reason: error instanceof Error ? error.message : 'unknown' }, 'Cannot serve the webhook');
    return 1;
  }
}

// Whatever is still open, a watch or a connection, is not to keep the process.
void main().then((code) => process.exit(code));
