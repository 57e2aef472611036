import { NotifyError } from './notify/error.ts';
import type { Notify } from './notify/notify.ts';
import { ProviderError } from './provider/errors.ts';
import type { Providers, StoreName } from './provider/provider.ts';
import { RenderError } from './render/errors.ts';
import type { Failure } from './schedule/attempt.ts';
import type { Action, Event, Render, Rendered } from './schedule/state.ts';

/** What actions act on. */
export interface World {
  readonly providers: Providers;
  /**
   * Brings what is made of the secrets up to date: files, or Kubernetes Secrets.
   *
   * @throws {RenderError} The old set stands.
   */
  readonly render: (action: Render) => Promise<Rendered>;
  /** Where files have targets that are told of changes. */
  readonly notify?: Notify;
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
      const reading = await session.read(action.ref, signal, action.known);
      return { type: 'read', key: action.key, session: id, reading };
    }
    case 'renew': {
      const { leaseId } = action;
      const lifetime = await action.session.session.renew({ kind: 'secret', id: leaseId }, signal);
      return { type: 'renewed', leaseId, lifetime };
    }
    case 'render':
      return await world.render(action);
    case 'notify': {
      const { target, kind, commit } = action;
      if (!world.notify) throw new Error('Cannot tell anybody: the plan names a target, and there is none');
      await world.notify(target, signal);
      return { type: 'notified', target, kind, commit };
    }
  }
}

async function logIn({ providers }: World, store: StoreName, signal: AbortSignal): Promise<Event> {
  const provider = providers.get(store);
  if (!provider) throw new Error('Cannot log in: the plan names a store that there is not');
  return { type: 'logged_in', store, session: await provider.login(signal) };
}

/** An error as a fact about the outside. What is none of the known kinds is a fault of our own: its text is not trusted. */
function describe(error: unknown): Failure {
  if (error instanceof ProviderError) {
    const { code, message, transient, retryAfterMs } = error;
    return { code, message, transient, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (error instanceof NotifyError) {
    const { message, transient, retryAfterMs } = error;
    const pause = retryAfterMs === undefined ? {} : { retryAfterMs };
    return { code: 'notify', message, transient, ...pause };
  }
  if (error instanceof RenderError) return { code: 'render', message: error.message, transient: false };
  const kind = error instanceof Error ? error.name : typeof error;
  return { code: 'internal', message: `Cannot go on: internal fault (${kind})`, transient: false };
}
