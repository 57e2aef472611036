import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { keepJournal } from '../journal.ts';
import { type Providers, refKey, type SecretRef, type StoreName } from '../provider/provider.ts';
import type { Failure } from '../schedule/attempt.ts';
import { run, type Step } from '../run.ts';
import { newState } from '../schedule/resume.ts';
import type { AgentState, Event, Render, Rendered } from '../schedule/state.ts';
import { storeOf } from '../schedule/stores.ts';
import { isPassing, type Known, type Stores } from './decide/wanted.ts';
import type { Wishes } from './wishes.ts';

export interface StoreEngineParts {
  readonly providers: Providers;
  readonly pollMs: number;
  readonly wishes: Wishes;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Told which Secrets may have to be made anew. */
  readonly changed: (secrets: readonly string[]) => void;
}

/** The secrets of the stores, kept current: the same engine that keeps a pod's files. */
export interface StoreEngine extends Stores {
  /** To be called when the wishes have changed. */
  redirect(): void;
  readonly state: AgentState;
  /** Ends when stopped. */
  readonly end: Promise<unknown>;
}

/** Starts to log in, and to read what is wished for. */
export function startStoreEngine(parts: StoreEngineParts, stop: AbortSignal): StoreEngine {
  const { providers, wishes, clock } = parts;
  const journal = keepJournal(parts.log);
  let state = newState(parts.pollMs, providers.keys());
  let report: ((event: Event) => void) | undefined;
  const redirect = (): void => report?.({ type: 'redirected' });
  const engine = {
    world: { providers, render: (action: Render) => Promise.resolve(survey(wishes, action)) },
    clock,
    random: parts.random,
    observe: (step: Step) => {
      state = step.after;
      if (step.event.type !== 'rendered') journal(step);
      // Only when nothing is missing any more is let go what nobody wants.
      else if (step.event.missing.length > 0) redirect();
      const secrets = affected(step, wishes);
      if (secrets.length > 0) parts.changed(secrets);
    },
    listen: (tell: (event: Event) => void) => {
      report = tell;
    },
    endAt: () => Number.POSITIVE_INFINITY,
  };
  return {
    get state() {
      return state;
    },
    end: run(engine, state, stop),
    redirect,
    has: (store) => providers.has(store),
    known: (ref) => knownOf(state, ref),
    now: () => new Date(clock.now()),
  };
}

/** Where the agent renders files, the sync only says what it wants: each Secret is made apart, when its values are there. */
function survey(wishes: Wishes, { revision, secrets }: Render): Rendered {
  const refs = wishes.all();
  return {
    type: 'rendered',
    revision,
    files: [{ name: 'secrets', used: refs.map(refKey) }],
    missing: refs.filter((ref) => !secrets.has(refKey(ref))),
    changed: [],
  };
}

/** What is known of a secret: its last answer, and what stands in the way of a newer one, be it the login. */
function knownOf(state: AgentState, ref: SecretRef): Known | undefined {
  const secret = state.secrets.get(refKey(ref));
  if (secret === undefined) return undefined;
  const failures = [secret.attempt.failure, storeOf(state, ref.store).login.attempt.failure];
  // The last read may have failed in an outage after which the store refuses the login: what does not pass is told.
  const failure = failures.find((one) => one && !isPassing(one)) ?? failures.find((one) => one);
  return {
    ...(secret.held && { body: secret.held.value.reveal() }),
    ...(failure && { failure }),
  };
}

/** The Secrets for which a step makes a difference. */
function affected(step: Step, wishes: Wishes): readonly string[] {
  const { event } = step;
  if (event.type === 'read') return ofSecret(step, wishes, event.key);
  if (event.type === 'logged_in') return ofStore(step, wishes, event.store);
  if (event.type !== 'failed') return [];
  const { action } = event;
  if (action.type === 'login') return ofStore(step, wishes, action.store);
  return action.type === 'read' ? ofSecret(step, wishes, action.key) : [];
}

function ofSecret({ before, after }: Step, wishes: Wishes, key: string): readonly string[] {
  const [was, is] = [before.secrets.get(key), after.secrets.get(key)];
  const held = is?.held !== undefined;
  const same = was?.held === is?.held && told(was?.attempt.failure, held) === told(is?.attempt.failure, held);
  return same ? [] : wishes.usersOf(key);
}

function ofStore({ before, after }: Step, wishes: Wishes, store: StoreName): readonly string[] {
  const [was, is] = [before, after].map((state) => storeOf(state, store).login.attempt.failure);
  return wishes.usersWhere((ref) => {
    const held = after.secrets.get(refKey(ref))?.held !== undefined;
    return ref.store === store && told(was, held) !== told(is, held);
  });
}

/** What a Secret is told of a fault: if it has its values, nothing of those that pass by themselves. */
const told = (failure: Failure | undefined, held: boolean): string | undefined =>
  held && failure && isPassing(failure) ? undefined : failure?.message;
