import { FAILURE_CODES, ProviderError } from '../../../agent/provider/errors.ts';
import {
  refKey,
  type Reading,
  type SecretRef,
  type Session,
  type StoreName,
} from '../../../agent/provider/provider.ts';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { plan } from '../../../agent/schedule/plan.ts';
import { reduce } from '../../../agent/schedule/reduce.ts';
import { newState } from '../../../agent/schedule/resume.ts';
import type { Action, AgentState, Event, StoreState } from '../../../agent/schedule/state.ts';
import { storeOf } from '../../../agent/schedule/stores.ts';
import { Secret } from '../../../agent/secret.ts';
import { sessionWith } from './simulation.ts';

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const POLL_MS = 60 * SECOND;

/** Whom scenes tell of changes. */
export const TARGET = 'POST http://127.0.0.1:8000/reload';

/** Chance always in the middle. */
const half = (): number => 0.5;

/** A secret of Vault; or of Infisical if the path begins so. */
export const refTo = (path: string): SecretRef => ({
  store: path.startsWith('infisical:') ? 'infisical' : 'vault',
  operation: 'read',
  path,
  parameters: {},
});

export const leased = (ttlMs: number, renewable = true): Lifetime => ({ kind: 'leased', ttlMs, renewable });

export const failure = (code: Failure['code'], change: Partial<Failure> = {}): Failure => ({
  code,
  message: `Cannot: ${code}`,
  transient: FAILURE_CODES.some((known) => known === code && new ProviderError(known, '').transient),
  ...change,
});

/** An agent of which a test tells the story: what happens, and what is planned then. */
export class Scene {
  state: AgentState;
  now = 10 * HOUR;
  readonly #random: () => number;

  constructor(random: () => number = half, stores: readonly StoreName[] = ['vault']) {
    this.state = newState(POLL_MS, stores);
    this.#random = random;
  }

  get plan(): ReturnType<typeof plan> {
    return plan(this.state, this.now);
  }

  /** What is to be done now, shortly: `login`, `read a`, `renew lease-1`, …. */
  get todo(): string[] {
    return this.plan.actions.map(describe);
  }

  /** Milliseconds until the plan looks again. */
  get pause(): number {
    return this.plan.wakeAt - this.now;
  }

  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  happen(event: Event): this {
    this.state = reduce(this.state, event, this.now, this.#random);
    return this;
  }

  /** The planned action of that short name. */
  action(name: string): Action {
    const found = this.plan.actions.find((action) => describe(action) === name);
    if (!found) throw new Error(`Not planned: ${name}; but ${this.todo.join(', ')}`);
    return found;
  }

  fail(name: string, fault: Failure): this {
    return this.happen({ type: 'failed', action: this.action(name), failure: fault });
  }

  login(lifetime: Lifetime = leased(HOUR), store: StoreName = 'vault'): this {
    const session: Session = sessionWith(`token-${this.state.nextSession}`, lifetime);
    return this.happen({ type: 'logged_in', store, session });
  }

  /** The templates were evaluated and ask for these. */
  miss(...paths: string[]): this {
    return this.render({ used: [], missing: paths.map(refTo) });
  }

  read(
    path: string,
    lifetime: Lifetime = { kind: 'polled' },
    change: { leaseId?: string; body?: string } = {},
  ): this {
    const { leaseId, body = path } = change;
    const reading: Reading = {
      value: new Secret(new Map([['data', body]])),
      lifetime,
      ...(leaseId === undefined ? {} : { leaseId }),
    };
    const ref = refTo(path);
    const session = this.logins(ref.store).current?.id ?? 0;
    return this.happen({ type: 'read', key: refKey(ref), session, reading });
  }

  /** The templates were evaluated; without anything missing the set was committed. */
  render({
    used = [...this.state.secrets.values()].map(({ ref }) => ref.path),
    missing = [],
    fault,
    changed = ['file'],
  }: { used?: string[]; missing?: SecretRef[]; fault?: Failure; changed?: string[] } = {}): this {
    const content = fault ? {} : { content: new Secret('content') };
    const outcome = { name: 'file', used: used.map((path) => refKey(refTo(path))), ...content };
    const files = [fault ? { ...outcome, failure: fault } : outcome];
    const committed = missing.length === 0 && !fault ? { changed } : {};
    return this.happen({ type: 'rendered', revision: this.state.revision, files, missing, ...committed });
  }

  /** A commit of a file of this content, of which targets are told. */
  watched(mark: string, { name = 'file', target = TARGET, deadlineMs = 300 * SECOND } = {}): this {
    const used = [...this.state.secrets.keys()];
    const watch = { target, kind: 'http', deadlineMs, mark } as const;
    const files = [{ name, used, content: new Secret(mark), watch }];
    return this.happen({
      type: 'rendered',
      revision: this.state.revision,
      files,
      missing: [],
      changed: [name],
    });
  }

  /** The target that is planned to be told has been told. */
  tell(target = TARGET): this {
    const told = this.plan.actions.find((action) => action.type === 'notify' && action.target === target);
    if (told?.type !== 'notify') throw new Error(`Not planned to be told: ${target}`);
    return this.happen({ ...told, type: 'notified' });
  }

  /** What is known of the logins at a store. */
  logins(store: StoreName = 'vault'): StoreState {
    return storeOf(this.state, store);
  }

  secret(path: string): NonNullable<ReturnType<AgentState['secrets']['get']>> {
    const secret = this.state.secrets.get(refKey(refTo(path)));
    if (!secret) throw new Error(`Unknown: ${path}`);
    return secret;
  }
}

function describe(action: Action): string {
  switch (action.type) {
    case 'read':
      return `read ${action.ref.path} through ${action.session.id}`;
    case 'renew':
      return `renew ${action.leaseId} through ${action.session.id}`;
    case 'renew_token':
      return `renew token ${action.session.id}`;
    case 'login':
      return action.store === 'vault' ? action.type : `${action.type} ${action.store}`;
    case 'render':
      return action.type;
    case 'notify':
      return `tell ${action.target} of ${action.commit}`;
  }
}

/** Logged in, one secret of that lifetime read and rendered. */
export function rendered(lifetime: Lifetime, token: Lifetime = leased(HOUR)): Scene {
  const scene = new Scene().miss('a').login(token);
  const id = lifetime.kind === 'leased' ? { leaseId: 'lease-1' } : {};
  return scene.read('a', lifetime, id).render();
}
