import { TERMINATION_LOG } from '#contract/layout.ts';
import { describeProblems, type Problem } from '#contract/problem.ts';
import { terminationSignal } from '#platform/lifecycle.ts';
import { createLog, type LogDestination } from '#platform/log.ts';
import { type Command, loadConfig, parseCommand, parseFiles } from './config.ts';
import { renderOnce } from './init.ts';
import { writeLastWords } from './last-words.ts';
import { createLocalFiles } from './local-files.ts';
import { createProviders } from './provider/stores.ts';
import { commitOf } from './render/commit-all.ts';
import { createKeepsake } from './state/keepsake.ts';
import { steadyClock } from './steady-clock.ts';
import { createSuspension } from './suspension.ts';

const BAD_USAGE = 2;

async function main(stop: AbortSignal): Promise<number> {
  const command = parseCommand(process.argv.slice(2), process.env);
  return command.ok ? await start(command.value, stop) : refuse(command.problems, TERMINATION_LOG);
}

async function start({ mode, source, ...logging }: Command, stop: AbortSignal): Promise<number> {
  const read = loadConfig(source);
  if (!read.ok) return refuse(read.problems, TERMINATION_LOG);
  const { config, warnings } = read.value;
  const localFiles = createLocalFiles(config);
  const log = createLog(logging.logLevel, 'agent', await destinationOf(logging));
  if (mode === 'run' && config.files.some((file) => 'templateFile' in file)) {
    const { awaitTemplates } = await import('./await-templates.ts');
    await awaitTemplates({ config, localFiles, clock: steadyClock, log, stop });
    if (stop.aborted) return 0;
  }
  const files = await parseFiles(config.files, (path) => localFiles.read(path));
  if (!files.ok) return refuse(files.problems, config.terminationLog);
  for (const { key, message } of warnings) log.warn({ key, problem: message }, 'Odd configuration');
  const parts = {
    config,
    files: files.value,
    providers: await createProviders(config, steadyClock, createKeepsake(config.stateDirectory)),
    commit: commitOf(config.files),
    localFiles,
    ...(config.suspendFile === undefined ? {} : { suspension: createSuspension(config.suspendFile) }),
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

/** Few agents write text: the others do not read how it is done. */
async function destinationOf({ logFormat }: Pick<Command, 'logFormat'>): Promise<LogDestination | undefined> {
  return logFormat === 'standard' ? (await import('./text-log.ts')).textLog() : undefined;
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
