import type { FileSpec } from '#contract/agent-config.ts';
import { watchOf } from './notify/target.ts';
import { type Providers, refKey, type SecretRef } from './provider/provider.ts';
import type { Commit } from './render/commit.ts';
import type { RenderedFile } from './render/plan.ts';
import type { Failure } from './schedule/attempt.ts';
import type { FileOutcome, Render, Rendered } from './schedule/state.ts';
import { FormatError } from './source/error.ts';
import { TemplateError } from './template/error.ts';
import type { Evaluation, TemplateInputs } from './template/evaluate.ts';

/** A file and what it is made by. */
export interface FileToRender {
  readonly spec: FileSpec;
  /** @throws {TemplateError | FormatError} */
  evaluate(inputs: TemplateInputs): Evaluation;
}

/** What files are made from and where they go. */
export interface FileWorld {
  readonly providers: Providers;
  readonly files: readonly FileToRender[];
  /** @throws {RenderError} The old set stands. */
  readonly commit: (files: readonly RenderedFile[]) => Promise<Commit>;
  readonly env: TemplateInputs['env'];
  readonly now: TemplateInputs['now'];
}

interface Evaluated {
  readonly outcome: FileOutcome;
  readonly missing: readonly SecretRef[];
}

/**
 * Evaluates every file and commits the set if it is complete. A file that cannot be made of what there is, or asks for a
 * secret that was not read yet, keeps its last content, if it has one: it must not hold up the rotation of the others.
 */
export async function renderFiles(world: FileWorld, action: Render): Promise<Rendered> {
  const evaluated = world.files.map((file) => evaluateFile(world, action, file));
  const missing = evaluated.flatMap((file) => file.missing);
  const files = evaluated.map(({ outcome }) => outcome);
  const set = world.files.flatMap(({ spec }, index) => {
    const content = files[index]?.content;
    const { name, volume, path, mode } = spec;
    return content ? { name, volume, path, mode, content } : [];
  });
  const event = { type: 'rendered', revision: action.revision, files, missing } as const;
  if (set.length < world.files.length) return event;
  const { changed } = await world.commit(set);
  return { ...event, changed };
}

function evaluateFile(
  world: FileWorld,
  { secrets, files }: Render,
  { spec, evaluate }: FileToRender,
): Evaluated {
  const { name } = spec;
  const before = files.get(name);
  const last = before?.content ? { content: before.content } : {};
  try {
    const evaluation = evaluate({
      has: (store) => world.providers.has(store),
      secret: (ref) => secrets.get(refKey(ref))?.held?.value.reveal(),
      env: world.env,
      now: world.now,
    });
    const used = evaluation.used.map(refKey);
    if (!evaluation.ok) return { outcome: { name, used, ...last }, missing: evaluation.missing };
    const { text } = evaluation;
    return { outcome: { name, used, content: text, ...watchOf(spec.reload, text) }, missing: [] };
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof FormatError)) throw error;
    const failure: Failure = {
      code: error instanceof FormatError ? 'format' : 'template',
      message: `File "${name}": ${error.message}`,
      transient: false,
    };
    return { outcome: { name, used: before?.used ?? [], failure, ...last }, missing: [] };
  }
}
