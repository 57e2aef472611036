import type { Clock } from '#platform/clock.ts';
import { InFlight } from './in-flight.ts';
import { perform, type World } from './perform.ts';
import { plan } from './schedule/plan.ts';
import { reduce } from './schedule/reduce.ts';
import type { AgentState, Event } from './schedule/state.ts';

/** One turn of the loop, for whoever keeps books: logs, metrics, the saved state. */
export interface Step {
  readonly before: AgentState;
  readonly event: Event;
  readonly after: AgentState;
  readonly now: number;
}

export interface Engine {
  readonly world: World;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: (step: Step) => void;
  /** Given at the start what tells the loop of events that no action brings. */
  readonly listen?: (report: (event: Event) => void) => void;
  /** When to stop by itself (milliseconds since the epoch); looked at before each plan. */
  readonly endAt: (state: AgentState) => number;
}

/**
 * The loop: plan, perform, reduce, sleep until something is due or has happened. Ends when `endAt` has come or `stop` is
 * aborted, with everything under way aborted, and gives the last state.
 */
export async function run(engine: Engine, initial: AgentState, stop: AbortSignal): Promise<AgentState> {
  const { world, clock } = engine;
  const flights = new InFlight((action, signal) => perform(world, action, signal), clock);
  stop.addEventListener('abort', () => flights.interrupt(), { once: true });
  engine.listen?.((event) => flights.report(event));
  let state = initial;
  while (!stop.aborted && clock.now() < engine.endAt(state)) {
    const { actions, wakeAt } = plan(state, clock.now());
    flights.attend(actions);
    state = settle(engine, state, await flights.next(Math.min(wakeAt, engine.endAt(state))));
  }
  return settle(engine, state, await flights.drop());
}

function settle(engine: Engine, state: AgentState, events: readonly Event[]): AgentState {
  return events.reduce((before, event) => {
    const now = engine.clock.now();
    const after = reduce(before, event, now, engine.random);
    engine.observe({ before, event, after, now });
    return after;
  }, state);
}
