import { TERMINATION_LOG } from '#contract/layout.ts';
import { describeProblems, type Problem } from '#contract/problem.ts';
import { terminationSignal } from '#platform/lifecycle.ts';
import { createLog } from '#platform/log.ts';
import { type Command, loadConfig, parseCommand, parseFiles } from './config.ts';
import { renderOnce } from './init.ts';
import { writeLastWords } from './last-words.ts';
import { createLocalFiles } from './local-files.ts';
import { createProviders } from './provider/stores.ts';
import { commit } from './render/commit.ts';
import { createKeepsake } from './state/keepsake.ts';
import { steadyClock } from './steady-clock.ts';

const BAD_USAGE = 2;

async function main(stop: AbortSignal): Promise<number> {
  const command = parseCommand(process.argv.slice(2), process.env);
  return command.ok ? await start(command.value, stop) : refuse(command.problems, TERMINATION_LOG);
}

async function start({ mode, source, logLevel }: Command, stop: AbortSignal): Promise<number> {
  const read = loadConfig(source);
  if (!read.ok) return refuse(read.problems, TERMINATION_LOG);
  const { config, warnings } = read.value;
  const files = await parseFiles(config.files);
  if (!files.ok) return refuse(files.problems, config.terminationLog);
  const log = createLog(logLevel, 'agent');
  for (const { key, message } of warnings) log.warn({ key, problem: message }, 'Odd configuration');
  const parts = {
    config,
    files: files.value,
    providers: await createProviders(config, steadyClock, createKeepsake(config.stateDirectory)),
    commit,
    localFiles: createLocalFiles(config),
    env: (name: string) => process.env[name],
    clock: steadyClock,
    random: Math.random,
    log,
    stop,
  };
  if (mode === 'init') return await renderOnce(parts);
  // What only the long-lived agent needs would cost the other one a quarter of its time.
  const { serve } = await import('./serve.ts');
  return await serve(parts).catch((error: unknown) => fail(config.terminationLog, error));
}

function fail(terminationLog: string, error: unknown): number {
  const text = error instanceof Error ? error.message : 'Cannot go on: internal fault';
  process.stderr.write(`${text}\n`);
  writeLastWords(terminationLog, text);
  return 1;
}

function refuse(problems: readonly Problem[], terminationLog: string): number {
  const text = describeProblems(problems);
  process.stderr.write(`${text}\n`);
  writeLastWords(terminationLog, text);
  return BAD_USAGE;
}

void main(terminationSignal()).then((code) => process.exit(code));
