import type { FileSpec } from '#contract/agent-config.ts';
import { ProviderError } from './provider/errors.ts';
import { type Providers, refKey, type SecretRef, type StoreName } from './provider/provider.ts';
import type { Commit } from './render/commit.ts';
import { RenderError } from './render/errors.ts';
import type { RenderedFile } from './render/plan.ts';
import type { Failure } from './schedule/attempt.ts';
import type { Action, Event, FileOutcome } from './schedule/state.ts';
import { TemplateError } from './template/error.ts';
import type { Evaluation, TemplateInputs } from './template/evaluate.ts';

/** A file and its template, ready to be evaluated. */
export interface FileToRender {
  readonly spec: FileSpec;
  /** @throws {TemplateError} */
  evaluate(inputs: TemplateInputs): Evaluation;
}

/** What actions act on. */
export interface World {
  readonly providers: Providers;
  readonly files: readonly FileToRender[];
  /** @throws {RenderError} The old set stands. */
  readonly commit: (files: readonly RenderedFile[]) => Promise<Commit>;
  readonly env: TemplateInputs['env'];
  readonly now: TemplateInputs['now'];
}

/**
 * Does one action and tells what came of it; a failure is an event, too.
 *
 * @throws {unknown} The signal's reason, if it is aborted before the action was through.
 */
export async function perform(world: World, action: Action, signal: AbortSignal): Promise<Event> {
  try {
    return await act(world, action, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { type: 'failed', action, failure: describe(error) };
  }
}

async function act(world: World, action: Action, signal: AbortSignal): Promise<Event> {
  switch (action.type) {
    case 'login':
      return await logIn(world, action.store, signal);
    case 'renew_token': {
      const { id, session } = action.session;
      return { type: 'token_renewed', session: id, lifetime: await session.renew({ kind: 'token' }, signal) };
    }
    case 'read': {
      const { id, session } = action.session;
      return { type: 'read', key: action.key, session: id, reading: await session.read(action.ref, signal) };
    }
    case 'renew': {
      const { leaseId } = action;
      const lifetime = await action.session.session.renew({ kind: 'secret', id: leaseId }, signal);
      return { type: 'renewed', leaseId, lifetime };
    }
    case 'render':
      return await render(world, action);
  }
}

async function logIn({ providers }: World, store: StoreName, signal: AbortSignal): Promise<Event> {
  const provider = providers.get(store);
  if (!provider) throw new Error('Cannot log in: the plan names a store that there is not');
  return { type: 'logged_in', store, session: await provider.login(signal) };
}

type Render = Extract<Action, { type: 'render' }>;

interface Evaluated {
  readonly outcome: FileOutcome;
  readonly missing: readonly SecretRef[];
}

/**
 * Evaluates every template and commits the set if it is complete. A file whose template fails, or asks for a secret that
 * was not read yet, keeps its last content, if it has one: it must not hold up the rotation of the others.
 */
async function render(world: World, action: Render): Promise<Event> {
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

function evaluateFile(world: World, { secrets, files }: Render, { spec, evaluate }: FileToRender): Evaluated {
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
    if (evaluation.ok) return { outcome: { name, used, content: evaluation.text }, missing: [] };
    return { outcome: { name, used, ...last }, missing: evaluation.missing };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const failure: Failure = {
      code: 'template',
      message: `File "${name}": ${error.message}`,
      transient: false,
    };
    return { outcome: { name, used: before?.used ?? [], failure, ...last }, missing: [] };
  }
}

/** An error as a fact about the outside. What is none of the known kinds is a fault of our own: its text is not trusted. */
function describe(error: unknown): Failure {
  if (error instanceof ProviderError) {
    const { code, message, transient, retryAfterMs } = error;
    return { code, message, transient, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (error instanceof RenderError) return { code: 'render', message: error.message, transient: false };
  const kind = error instanceof Error ? error.name : typeof error;
  return { code: 'internal', message: `Cannot go on: internal fault (${kind})`, transient: false };
}
