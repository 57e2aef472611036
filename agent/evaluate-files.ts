import { posix } from 'node:path';
import { containedPath } from '#contract/path.ts';
import { watchOf } from './notify/target.ts';
import { refKey, type SecretRef } from './provider/provider.ts';
import type { FileToRender, FileWorld } from './render-files.ts';
import type { Failure } from './schedule/attempt.ts';
import type { FileOutcome, FileState, Render } from './schedule/state.ts';
import { Secret } from './secret.ts';
import { FormatError } from './source/error.ts';
import { Fault, TemplateError } from './template/error.ts';
import type { Evaluation } from './template/evaluate.ts';
import type { FilePlace, TemplateFiles } from './template/files.ts';

/** What came of one file, and what it waits for. */
interface Evaluated {
  readonly outcome: FileOutcome;
  readonly missing: readonly SecretRef[];
}

/** Evaluates every file once: one that another is made of, before that one, so that both are of the same moment. */
export function evaluateFiles(world: FileWorld, action: Render): readonly Evaluated[] {
  const done = new Map<FileToRender, Evaluated>();
  const begun = new Set<FileToRender>();
  // Found by its path at once: each of a thousand templates may read and write others.
  const byPath = new Map(world.files.map((file) => [pathOf(file.spec), file]));
  const volumes = [...new Set(world.files.map(({ spec }) => spec.volume))];
  const files: TemplateFiles = {
    read: (path) => {
      const own = byPath.get(posix.normalize(path));
      return own === undefined ? world.readFile(path) : once(own).outcome.content?.reveal();
    },
    place: (path) => placeOf(path, volumes, byPath),
  };
  function once(file: FileToRender): Evaluated {
    const known = done.get(file);
    if (known !== undefined) return known;
    if (begun.has(file)) throw new Fault('the file is made of itself');
    begun.add(file);
    const evaluated = evaluateFile(world, action, file, files);
    done.set(file, evaluated);
    return evaluated;
  }
  return world.files.map(once);
}

const pathOf = ({ volume, path }: FilePlace): string => `${volume}/${path}`;

/** Below one of the volumes, and not where another file is rendered. */
function placeOf(
  path: string,
  volumes: readonly string[],
  byPath: ReadonlyMap<string, FileToRender>,
): FilePlace {
  const volume = volumes.find((candidate) => path.startsWith(`${candidate}/`));
  const contained = volume === undefined ? undefined : containedPath(path.slice(volume.length));
  if (volume === undefined || contained === undefined)
    throw new Fault(`files can only be written below ${volumes.join(' or ')}`);
  const place = { volume, path: contained };
  if (byPath.has(pathOf(place)))
    throw new Fault('a file is rendered there already; expected a path of its own');
  return place;
}

function evaluateFile(
  world: FileWorld,
  { secrets, files: states }: Render,
  { spec, evaluate }: FileToRender,
  files: TemplateFiles,
): Evaluated {
  const { name } = spec;
  const before = states.get(name);
  try {
    const evaluation = evaluate({
      has: (store) => world.providers.has(store),
      secret: (ref) => secrets.get(refKey(ref))?.held?.value.reveal(),
      env: world.env,
      now: world.now,
      files,
    });
    const used = evaluation.used.map(refKey);
    if (!evaluation.ok) return { outcome: { name, used, ...lastOf(before) }, missing: evaluation.missing };
    const { text, written } = evaluation;
    const watch = watchOf(spec.reload, contentOf(evaluation));
    return { outcome: { name, used, content: text, ...(written && { written }), ...watch }, missing: [] };
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof FormatError)) throw error;
    const failure: Failure = {
      code: error instanceof FormatError ? 'format' : 'template',
      message: `File "${name}": ${error.message}`,
      transient: false,
    };
    return { outcome: { name, used: before?.used ?? [], failure, ...lastOf(before) }, missing: [] };
  }
}

function lastOf(before: FileState | undefined): Pick<FileOutcome, 'content' | 'written'> {
  if (before?.content === undefined) return {};
  const { content, written } = before;
  return { content, ...(written && { written }) };
}

/** All that an application sees change: the file, and what is written beside it. */
function contentOf({ text, written = [] }: Extract<Evaluation, { ok: true }>): Secret<string> {
  return written.length === 0
    ? text
    : new Secret([text, ...written.map(({ content }) => content)].map((one) => one.reveal()).join('\0'));
}
