import type { FileSpec } from '#contract/agent-config.ts';
import { evaluateFiles } from './evaluate-files.ts';
import type { Providers } from './provider/provider.ts';
import type { Commit } from './render/commit.ts';
import type { RenderedFile } from './render/plan.ts';
import type { FileOutcome, Render, Rendered } from './schedule/state.ts';
import { Secret } from './secret.ts';
import type { Suspension } from './suspension.ts';
import type { Evaluation, TemplateInputs } from './template/evaluate.ts';

/** A file and what it is made by. */
export interface FileToRender {
  readonly spec: FileSpec;
  /** It is made of other files, too. */
  readonly readsFiles?: boolean;
  /** @throws {TemplateError | FormatError} */
  evaluate(inputs: TemplateInputs): Evaluation;
}

/** What files are made from and where they go. */
export interface FileWorld {
  readonly providers: Providers;
  readonly files: readonly FileToRender[];
  /** @throws {RenderError} The old set stands. */
  readonly commit: (
    files: readonly RenderedFile[],
    place: { readonly volumes: readonly string[] },
  ) => Promise<Commit>;
  /** What is in a file that is not among these. Throws `Fault`. */
  readonly readFile: (path: string) => string;
  readonly env: TemplateInputs['env'];
  readonly suspension?: Suspension;
  readonly now: TemplateInputs['now'];
}

/**
 * Evaluates every file and commits the set if it is complete. A file that cannot be made of what there is, or asks for a
 * secret that was not read yet, keeps its last content, if it has one: it must not hold up the rotation of the others.
 */
export async function renderFiles(world: FileWorld, action: Render): Promise<Rendered> {
  const evaluated = evaluateFiles(world, action);
  const missing = evaluated.flatMap((file) => file.missing);
  const files = evaluated.map(({ outcome }) =>
    action.removed?.has(outcome.name) ? withdraw(outcome) : outcome,
  );
  const set = world.files.flatMap(({ spec }, index) => {
    const content = files[index]?.content;
    const { name, volume, path, mode, write } = spec;
    return content ? { name, volume, path, mode, content, ...(write && { write }) } : [];
  });
  const event = { type: 'rendered', revision: action.revision, files, missing } as const;
  if (set.length < world.files.length || staysAsItIs(world, action)) return event;
  const standing = files.filter(({ removed }) => removed === undefined);
  const names = new Set(standing.map(({ name }) => name));
  const wanted = [...set.filter(({ name }) => names.has(name)), ...writtenFiles(standing)];
  const volumes = [...new Set(world.files.map(({ spec }) => spec.volume))];
  const { changed } = await world.commit(wanted, { volumes });
  return { ...event, changed };
}

/** Files that are there already may be held as they are; the leases behind them are kept alive as for any that still stand in files. */
const staysAsItIs = ({ suspension }: FileWorld, { files }: Render): boolean =>
  files.size > 0 && suspension?.holds() === true;

/** Nobody is told that a file is taken away: there is nothing to read. */
function withdraw({ name, used, content, written, failure }: FileOutcome): FileOutcome {
  return {
    name,
    used,
    removed: true,
    ...(content && { content }),
    ...(written && { written }),
    ...(failure && { failure }),
  };
}

/** The files that templates write beside their own, under the names of those. */
function writtenFiles(outcomes: readonly FileOutcome[]): readonly RenderedFile[] {
  const files = new Map<string, RenderedFile>();
  for (const { name, written = [] } of outcomes)
    for (const { volume, path, mode, content, appends } of written) {
      const place = `${volume}/${path}`;
      const before = appends ? (files.get(place)?.content.reveal() ?? '') : '';
      files.set(place, { name, volume, path, mode, content: new Secret(before + content.reveal()) });
    }
  return [...files.values()];
}
