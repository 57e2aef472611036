import { readFileSync } from 'node:fs';
import { type FileSpec, parseConfig, type ReadConfig } from '#contract/agent-config.ts';
import { CONFIG_VARIABLE } from '#contract/layout.ts';
import { type Parsed, type Problem, parsed, rejected } from '#contract/problem.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '#platform/log.ts';
import type { FileToRender } from './render-files.ts';
import { evaluate } from './template/evaluate.ts';
import { prepare } from './template/prepare.ts';

const USAGE = 'usage: agent run|init [--config FILE], or agent sync --config FILE';

export const LOG_LEVEL_VARIABLE = 'SIDEKEY_LOG_LEVEL';

/** What the agent was started for. */
export interface Command {
  readonly mode: 'run' | 'init';
  /** Where the configuration is: a file, or its text. */
  readonly source: { readonly file: string } | { readonly text: string };
  readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line (without node and script) and the environment. */
export function parseCommand(argv: readonly string[], env: Environment): Parsed<Command> {
  const problems: Problem[] = [];
  const [mode, ...options] = argv;
  const source = parseSource(options, env);
  const logLevel = env[LOG_LEVEL_VARIABLE] || 'info';
  if (!isMode(mode)) problems.push({ key: mode ?? 'command', message: USAGE });
  if (!source.ok) problems.push(...source.problems);
  if (!isLogLevel(logLevel))
    problems.push({ key: LOG_LEVEL_VARIABLE, message: `must be one of ${LOG_LEVELS.join(', ')}` });
  if (!isMode(mode) || !source.ok || !isLogLevel(logLevel)) return rejected(problems);
  return parsed({ mode, source: source.value, logLevel });
}

const isMode = (word: string | undefined): word is Command['mode'] => word === 'run' || word === 'init';

function parseSource(options: readonly string[], env: Environment): Parsed<Command['source']> {
  const [flag, file, ...more] = options;
  if (flag === '--config' && file && more.length === 0) return parsed({ file });
  if (flag !== undefined) return rejected([{ key: options.join(' '), message: USAGE }]);
  const text = env[CONFIG_VARIABLE];
  if (text) return parsed({ text });
  return rejected([
    { key: CONFIG_VARIABLE, message: 'must hold the configuration, or --config name its file' },
  ]);
}

/** Reads the configuration from where it is. */
export function loadConfig(source: Command['source']): Parsed<ReadConfig> {
  if ('text' in source) return parseConfig(source.text);
  try {
    return parseConfig(readFileSync(source.file, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
    return rejected([{ key: '--config', message: `Cannot read ${source.file}: ${String(code)}` }]);
  }
}

/** Makes the files ready to be evaluated: templates are parsed, each once. */
export async function parseFiles(files: readonly FileSpec[]): Promise<Parsed<readonly FileToRender[]>> {
  const problems: Problem[] = [];
  const ready: FileToRender[] = [];
  for (const spec of files) {
    try {
      ready.push({ spec, ...(await evaluatorOf(spec)) });
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      problems.push({ key: `files "${spec.name}"`, message: error.message });
    }
  }
  return problems.length > 0 ? rejected(problems) : parsed(ready);
}

/** @throws {TemplateSyntaxError} */
async function evaluatorOf(spec: FileSpec): Promise<Omit<FileToRender, 'spec'>> {
  if ('source' in spec) {
    const { evaluateSource } = await import('./source/evaluate.ts');
    return { evaluate: (inputs) => evaluateSource(spec.source, spec.format, inputs) };
  }
  const template = parseTemplate(spec.template);
  const prepared = await prepare(template);
  return { readsFiles: template.functions.has('file'), evaluate: (inputs) => evaluate(prepared, inputs) };
}
