import { readFileSync } from 'node:fs';
import {
  type FileSpec,
  parseConfig,
  type ReadConfig,
  type SourceContent,
  type TemplateSource,
} from '#contract/agent-config.ts';
import { CONFIG_VARIABLE, LOG_FORMAT_VARIABLE, LOG_LEVEL_VARIABLE } from '#contract/layout.ts';
import { type Parsed, type Problem, parsed, rejected } from '#contract/problem.ts';
import { TemplateSyntaxError } from '#contract/template/error.ts';
import { parseTemplate } from '#contract/template/parse.ts';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '#platform/log.ts';
import type { FileToRender } from './render-files.ts';
import { Fault } from './template/error.ts';
import { evaluate } from './template/evaluate.ts';
import { prepare } from './template/prepare.ts';

const USAGE = 'usage: agent run|init [--config FILE], or agent sync --config FILE';

/** What the agent was started for. */
export interface Command {
  readonly mode: 'run' | 'init';
  /** Where the configuration is: a file, or its text. */
  readonly source: { readonly file: string } | { readonly text: string };
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Lines of JSON, or text as Vault Agent writes it. */
const LOG_FORMATS = ['json', 'standard'] as const;
type LogFormat = (typeof LOG_FORMATS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line (without node and script) and the environment. */
export function parseCommand(argv: readonly string[], env: Environment): Parsed<Command> {
  const problems: Problem[] = [];
  const [mode, ...options] = argv;
  const source = parseSource(options, env);
  const logLevel = env[LOG_LEVEL_VARIABLE] || 'info';
  const logFormat = readFormat(env, problems);
  if (!isMode(mode)) problems.push({ key: mode ?? 'command', message: USAGE });
  if (!source.ok) problems.push(...source.problems);
  if (!isLogLevel(logLevel))
    problems.push({ key: LOG_LEVEL_VARIABLE, message: `must be one of ${LOG_LEVELS.join(', ')}` });
  if (!isMode(mode) || !source.ok || !isLogLevel(logLevel) || problems.length > 0) return rejected(problems);
  return parsed({ mode, source: source.value, logLevel, logFormat });
}

function readFormat(env: Environment, problems: Problem[]): LogFormat {
  const text = env[LOG_FORMAT_VARIABLE] || 'json';
  const format = LOG_FORMATS.find((known) => known === text);
  if (format === undefined)
    problems.push({ key: LOG_FORMAT_VARIABLE, message: `must be one of ${LOG_FORMATS.join(', ')}` });
  return format ?? 'json';
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

function templateOf(spec: Exclude<FileSpec, SourceContent>, readFile: ReadFile): TemplateSource {
  if ('template' in spec) return spec.template;
  const { file, ...syntax } = spec.templateFile;
  return { ...syntax, text: readTemplateFile(file, readFile) };
}

/** What annotations name is no secret, unlike what a template may ask for. */
function readTemplateFile(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(
      `Cannot read its template ${path}: ${error.message}; expected a file there, of a Secret (agent-extra-secret) or of a mount of the pod (agent-copy-volume-mounts)`,
    );
  }
}

/** The templates that are in files, and cannot be read. */
export function missingTemplates(files: readonly FileSpec[], readFile: ReadFile): readonly Problem[] {
  return files.flatMap((spec) => {
    if (!('templateFile' in spec)) return [];
    try {
      readTemplateFile(spec.templateFile.file, readFile);
      return [];
    } catch (error) {
      if (error instanceof Fault) return [{ key: `files "${spec.name}"`, message: error.message }];
      throw error;
    }
  });
}

/** Makes the files ready to be evaluated: templates are parsed, each once. */
export async function parseFiles(
  files: readonly FileSpec[],
  readFile: ReadFile,
): Promise<Parsed<readonly FileToRender[]>> {
  const problems: Problem[] = [];
  const ready: FileToRender[] = [];
  for (const spec of files) {
    try {
      ready.push({ spec, ...(await evaluatorOf(spec, readFile)) });
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError) && !(error instanceof Fault)) throw error;
      problems.push({ key: `files "${spec.name}"`, message: error.message });
    }
  }
  return problems.length > 0 ? rejected(problems) : parsed(ready);
}

/** The text of a file of the agent's container. Throws `Fault`, which is the reason to start again later. */
type ReadFile = (path: string) => string;

/** @throws {TemplateSyntaxError | Fault} */
async function evaluatorOf(spec: FileSpec, readFile: ReadFile): Promise<Omit<FileToRender, 'spec'>> {
  if ('source' in spec) {
    const { evaluateSource } = await import('./source/evaluate.ts');
    return { evaluate: (inputs) => evaluateSource(spec.source, spec.format, inputs) };
  }
  const template = parseTemplate(templateOf(spec, readFile));
  const prepared = await prepare(template);
  return { readsFiles: template.functions.has('file'), evaluate: (inputs) => evaluate(prepared, inputs) };
}
