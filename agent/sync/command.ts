import { faultCode } from '#platform/connection-fault.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '#platform/log.ts';
import { LOG_LEVEL_VARIABLE } from '#contract/layout.ts';
import { parseSyncConfig, type ReadSyncConfig } from './config.ts';

/** What the sync was started for. */
export interface SyncCommand extends ReadSyncConfig {
  readonly logLevel: LogLevel;
}

const USAGE = 'usage: agent sync --config FILE';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line (without node and script), the environment, and the configuration they name. */
export function parseSyncCommand(
  argv: readonly string[],
  env: Environment,
  readFile: (path: string) => string,
): Parsed<SyncCommand> {
  const [mode, flag, file, ...more] = argv;
  if (mode !== 'sync' || flag !== '--config' || !file || more.length > 0)
    return rejected([{ key: argv.join(' ') || 'command', message: USAGE }]);
  const logLevel = env[LOG_LEVEL_VARIABLE] || 'info';
  if (!isLogLevel(logLevel))
    return rejected([{ key: LOG_LEVEL_VARIABLE, message: `must be one of ${LOG_LEVELS.join(', ')}` }]);
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    return rejected([{ key: '--config', message: `Cannot read ${file}: ${faultCode(error)}` }]);
  }
  const read = parseSyncConfig(text);
  return read.ok ? parsed({ ...read.value, logLevel }) : read;
}
