import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import type { Provider, SecretRef } from '../../../../agent/provider/provider.ts';
import { refKey } from '../../../../agent/provider/provider.ts';
import { run } from '../../../../agent/run.ts';
import { newState } from '../../../../agent/schedule/resume.ts';
import type { AgentState, Render, Rendered } from '../../../../agent/schedule/state.ts';
import { Secret } from '../../../../agent/secret.ts';
import { eventually } from '../../../servers/eventually.ts';

/** A clock that goes on by itself and can be put forward besides. */
export class HastyClock implements Clock {
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      const sleeper = { until: this.now() + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Lets time pass in steps, with a moment after each for what is on its way; tells of every step. */
  async hurry(ms: number, stepMs: number, pass: (stepMs: number) => void): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.#ahead += stepMs;
      for (const { until, wake } of this.#sleepers) if (until <= this.now()) wake();
      await sleep(10);
      pass(stepMs);
    }
  }
}

/** An agent whose one file is made of these secrets. */
export class Life {
  readonly values: string[] = [];
  readonly #stop = new AbortController();
  readonly #end: Promise<AgentState>;
  state: AgentState;

  constructor(provider: Provider, refs: readonly SecretRef[], clock: Clock, pollMs = 100) {
    this.state = newState(pollMs, ['infisical']);
    const engine = {
      world: {
        providers: new Map([['infisical', provider]] as const),
        render: (action: Render) => Promise.resolve(this.#render(action, refs)),
      },
      clock,
      random: () => 0.5,
      observe: ({ after }: { readonly after: AgentState }) => {
        this.state = after;
      },
      endAt: () => Number.POSITIVE_INFINITY,
    };
    this.#end = run(engine, this.state, this.#stop.signal);
  }

  /** Waits until the file holds a text. */
  async holds(text: string): Promise<void> {
    await eventually(`a file with "${text}"`, 25_000, async () => {
      await Promise.resolve();
      if (!this.values.at(-1)?.includes(text)) throw new Error(`It holds ${this.values.at(-1)}`);
    });
  }

  async end(): Promise<AgentState> {
    this.#stop.abort();
    return await this.#end;
  }

  #render({ secrets, revision }: Render, refs: readonly SecretRef[]): Rendered {
    const used = refs.map(refKey);
    const missing = refs.filter((ref) => secrets.get(refKey(ref))?.held === undefined);
    if (missing.length > 0) return { type: 'rendered', revision, files: [{ name: 'all', used }], missing };
    const bodies = used.map((key) => secrets.get(key)?.held?.value.reveal());
    const text = JSON.stringify(bodies, (_, value: unknown) => (value instanceof Map ? [...value] : value));
    const changed = this.values.at(-1) === text ? [] : ['all'];
    if (changed.length > 0) this.values.push(text);
    const files = [{ name: 'all', used, content: new Secret(text) }];
    return { type: 'rendered', revision, files, missing, changed };
  }
}
