import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import type { Action, Event } from './schedule/state.ts';

type Perform = (action: Action, signal: AbortSignal) => Promise<Event>;

/** The reason to stop waiting. One for all, for an abort without any makes an exception with a stack trace. */
const WOKEN = new Error('Woken');

/**
 * A plan looks at every secret, so that one for each answer would make the work grow with the square of their number: the
 * more actions are under way, the longer their answers are gathered. (Milliseconds for each action, and at most.)
 */
const GATHERING_MS = { each: 0.2, most: 20 } as const;

/**
 * The actions under way, each at most once, and the events they brought. An action that is no longer asked for is
 * aborted; what it still brings counts all the same, for a commit or a login may have got through.
 */
export class InFlight {
  readonly #perform: Perform;
  readonly #clock: Clock;
  readonly #running = new Map<string, { readonly abort: AbortController; readonly end: Promise<void> }>();
  #events: Event[] = [];
  #wake: () => void = () => undefined;

  constructor(perform: Perform, clock: Clock) {
    this.#perform = perform;
    this.#clock = clock;
  }

  /** Starts what is new among the actions of a plan, and aborts what is no longer in it. */
  attend(actions: readonly Action[]): void {
    const asked = new Map(actions.map((action) => [identity(action), action]));
    for (const [id, { abort }] of this.#running) if (!asked.has(id)) abort.abort();
    for (const [id, action] of asked) if (!this.#running.has(id)) this.#start(id, action);
  }

  /** Waits for an event, for a time (milliseconds since the epoch) or for `interrupt`. */
  async next(until: number): Promise<readonly Event[]> {
    if (this.#events.length === 0) {
      const waiting = new AbortController();
      this.#wake = () => waiting.abort(WOKEN);
      await this.#clock.sleep(until - this.#clock.now(), waiting.signal).catch(() => undefined);
      await this.#gather();
    }
    const events = this.#events;
    this.#events = [];
    return events;
  }

  async #gather(): Promise<void> {
    const gatheringMs = Math.min(GATHERING_MS.most, Math.floor(this.#running.size * GATHERING_MS.each));
    // What arrives in one turn is taken at once in any case.
    await (gatheringMs === 0 ? turn() : pause(gatheringMs));
  }

  /** Takes in an event that no action brought. */
  report(event: Event): void {
    this.#events.push(event);
    this.#wake();
  }

  /** Ends the present wait. */
  interrupt(): void {
    this.#wake();
  }

  /** Aborts everything and waits until it has ended; gives what it still brought. */
  async drop(): Promise<readonly Event[]> {
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ end }) => end));
    return this.#events;
  }

  #start(id: string, action: Action): void {
    const abort = new AbortController();
    this.#running.set(id, { abort, end: this.#follow(id, action, abort.signal) });
  }

  async #follow(id: string, action: Action, signal: AbortSignal): Promise<void> {
    try {
      const event = await this.#perform(action, signal);
      this.#events.push(event);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#running.delete(id);
      this.#wake();
    }
  }
}

/** Two actions of one identity are the same piece of work. */
function identity(action: Action): string {
  switch (action.type) {
    case 'login':
      return `${action.type} ${action.store}`;
    case 'render':
      return action.type;
    case 'renew_token':
      return `${action.type} ${action.session.id}`;
    case 'read':
      return `${action.type} ${action.session.id} ${action.key}`;
    case 'renew':
      return `${action.type} ${action.leaseId}`;
    case 'notify':
      return `${action.type} ${action.target}`;
  }
}
