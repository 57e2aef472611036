import { ProviderError } from '../../../agent/provider/errors.ts';
import { refKey, type SecretRef, type Session, type StoreName } from '../../../agent/provider/provider.ts';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import { type Plan, plan } from '../../../agent/schedule/plan.ts';
import { reduce } from '../../../agent/schedule/reduce.ts';
import { newState } from '../../../agent/schedule/resume.ts';
import type { Action, AgentState, Event } from '../../../agent/schedule/state.ts';
import { Secret } from '../../../agent/secret.ts';
import type { ModelStore } from './model.ts';

export interface Circumstances {
  readonly store: ModelStore;
  /** A second one, which stands for Infisical; its paths are others. */
  readonly infisical?: ModelStore;
  readonly pollMs: number;
  /** How long a request takes, both ways. */
  readonly latencyMs: () => number;
  /** Undefined if the request gets through at that moment. */
  readonly fault: (now: number, store: StoreName) => Failure | undefined;
  readonly random: () => number;
  /** Told of every change, if there is one. */
  readonly application?: Application;
}

/** An application that reads the files when it is told, and else holds what it has read. */
export interface Application {
  readonly deadlineMs: number;
  /** True if it takes in at that moment that it is told. */
  readonly listens: (now: number) => boolean;
}

interface Flight {
  readonly action: Action;
  readonly event: Event;
  /** What stood in the files when it began. */
  readonly files: Moment['files'];
  readonly endsAt: number;
}

export interface Moment {
  readonly now: number;
  readonly state: AgentState;
  readonly plan: Plan;
  readonly started: readonly Action[];
  /** Lease ids and bodies that stand in the files, by path. */
  readonly files: ReadonlyMap<string, { readonly leaseId: string | undefined; readonly body: unknown }>;
  /** What the application has read last; undefined once it was given up to tell it of a change. */
  readonly seen: Moment['files'] | undefined;
}

/**
 * Plays a life: performs the plans against the store, one event after another, and shows every moment to `watch`.
 * The templates ask for every secret of the store.
 */
export class Simulation {
  readonly #world: Circumstances;
  readonly #flights = new Map<string, Flight>();
  readonly #stores: ReadonlyMap<StoreName, ModelStore>;
  readonly #refs: readonly SecretRef[];
  now = 1_000_000;
  state: AgentState;
  commits = 0;
  renders = 0;
  steps = 0;
  told = 0;
  files: Moment['files'] = new Map();
  seen: Moment['seen'];

  constructor(world: Circumstances) {
    this.#world = world;
    this.#stores = new Map([
      ['vault', world.store],
      ...(world.infisical ? [['infisical', world.infisical] as const] : []),
    ]);
    this.state = newState(world.pollMs, this.#stores.keys());
    this.#refs = [...this.#stores].flatMap(([store, { secrets }]) =>
      [...secrets.keys()].map((path) => ({ store, operation: 'read' as const, path, parameters: {} })),
    );
  }

  /** Goes on for so many milliseconds. */
  play(durationMs: number, watch: (moment: Moment) => void = () => undefined): void {
    const end = this.now + durationMs;
    while (this.now < end) {
      const planned = plan(this.state, this.now);
      const started = this.#attend(planned.actions);
      watch({ now: this.now, state: this.state, plan: planned, started, files: this.files, seen: this.seen });
      const next = [...this.#flights].toSorted(([, a], [, b]) => a.endsAt - b.endsAt)[0];
      this.steps += 1;
      this.now = Math.min(
        end,
        Math.max(this.now, Math.min(planned.wakeAt, next?.[1].endsAt ?? Number.POSITIVE_INFINITY)),
      );
      if (next && next[1].endsAt <= this.now) this.#land(next[0], next[1]);
    }
  }

  #attend(actions: readonly Action[]): Action[] {
    const asked = new Map(actions.map((action) => [identity(action), action]));
    for (const id of this.#flights.keys())
      // An abort may come too late.
      if (!asked.has(id) && this.#world.random() < 0.5) this.#flights.delete(id);
    const started = [...asked].filter(([id]) => !this.#flights.has(id));
    for (const [id, action] of started) {
      const latency = action.type === 'render' ? 0 : Math.ceil(this.#world.latencyMs());
      const event = this.#perform(action, this.now + latency / 2);
      this.#flights.set(id, { action, event, files: this.files, endsAt: this.now + latency });
    }
    return started.map(([, action]) => action);
  }

  #land(id: string, { event, action, files }: Flight): void {
    this.#flights.delete(id);
    const owed = this.state.notices.length;
    if (event.type === 'rendered' && action.type === 'render') {
      this.renders += 1;
      if (event.changed !== undefined) {
        this.files = new Map(
          [...action.secrets.values()].map(({ ref, held }) => [
            ref.path,
            { leaseId: held?.leaseId, body: held?.value.reveal().get('data') },
          ]),
        );
        if (this.commits === 0) this.seen = this.files;
        if (event.changed.length > 0) this.commits += 1;
      }
    }
    this.state = reduce(this.state, event, this.now, this.#world.random);
    if (action.type !== 'notify') return;
    if (event.type === 'notified') [this.seen, this.told] = [files, this.told + 1];
    else if (this.state.notices.length < owed) this.seen = undefined;
  }

  #perform(action: Action, at: number): Event {
    try {
      return this.#act(action, at);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { code, message, transient } = error;
      return { type: 'failed', action, failure: { code, message, transient } };
    }
  }

  #act(action: Action, at: number): Event {
    if (action.type === 'render') return this.#render(action);
    if (action.type === 'notify') return this.#tell(action, at);
    const name = action.type === 'login' ? action.store : action.session.store;
    const store = this.#stores.get(name);
    if (!store) throw new Error(`There is no ${name}`);
    const failure = this.#world.fault(at, name);
    if (failure) return { type: 'failed', action, failure };
    if (action.type === 'login') {
      const { token, lifetime } = store.login(at);
      return { type: 'logged_in', store: name, session: sessionWith(token, lifetime) };
    }
    const { id, session } = action.session;
    const token = session.token.reveal();
    switch (action.type) {
      case 'renew_token':
        return { type: 'token_renewed', session: id, lifetime: store.renew(token, token, at) };
      case 'read':
        return { type: 'read', key: action.key, session: id, reading: store.read(token, action.ref, at) };
      case 'renew':
        return { type: 'renewed', leaseId: action.leaseId, lifetime: store.renew(token, action.leaseId, at) };
    }
  }

  #render({ revision, secrets }: Extract<Action, { type: 'render' }>): Event {
    const missing = this.#refs.filter((ref) => secrets.get(refKey(ref))?.held === undefined);
    const used = this.#refs.map(refKey);
    if (missing.length > 0) return { type: 'rendered', revision, files: [{ name: 'all', used }], missing };
    const bodies = [...secrets.values()].map(({ ref, held }) => [ref.path, held?.value.reveal().get('data')]);
    const before = [...this.files].map(([path, { body }]) => [path, body]);
    const changed = JSON.stringify(bodies) === JSON.stringify(before) ? [] : ['all'];
    const mark = JSON.stringify(bodies);
    const content = new Secret(mark);
    const { application } = this.#world;
    const watch = application && {
      watch: { target: 'app', kind: 'http' as const, deadlineMs: application.deadlineMs, mark },
    };
    const file = { name: 'all', used, content, ...watch };
    return { type: 'rendered', revision, files: [file], missing: [], changed };
  }

  #tell(action: Extract<Action, { type: 'notify' }>, at: number): Event {
    const { target, kind, commit } = action;
    if (this.#world.application?.listens(at)) return { type: 'notified', target, kind, commit };
    const failure = { code: 'notify', message: 'Cannot tell: it does not listen', transient: true } as const;
    return { type: 'failed', action, failure };
  }
}

/** A session of the model: only its token is asked for. */
export function sessionWith(token: string, lifetime: Session['lifetime']): Session {
  const refuse = (): never => {
    throw new Error('The model answers, not the session');
  };
  return { token: new Secret(token), lifetime, read: refuse, renew: refuse, revoke: refuse };
}

function identity(action: Action): string {
  if (action.type === 'notify') return `notify ${action.target}`;
  const session = 'session' in action ? action.session.id : action.type === 'login' ? action.store : '';
  const what = action.type === 'read' ? action.key : action.type === 'renew' ? action.leaseId : '';
  return `${action.type} ${action.type === 'renew' ? '' : session} ${what}`;
}
