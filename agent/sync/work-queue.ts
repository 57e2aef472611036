import type { Clock } from '#platform/clock.ts';
import { retryDelay } from '../schedule/attempt.ts';

/** What became of a piece of work: done, or to be tried again. */
export type Outcome =
  | { readonly done: true }
  | {
      readonly done: false;
      /** Not before that, in milliseconds. */
      readonly retryAfterMs?: number;
    };

export const DONE: Outcome = { done: true };

export interface QueueOptions {
  /** `since` is when this piece of work became due, in milliseconds since the epoch. Must not throw. */
  readonly work: (key: string, since: number) => Promise<Outcome>;
  /** How many pieces are worked on at a time. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Work that is known by a key: of several reasons to do the same, one piece of work comes. Failed work comes again after a
 * pause that grows, and at once if it is added anew. It takes half of the places at most: what is slow to fail, as behind a
 * webhook that hangs, is not to keep everything else waiting.
 */
export class WorkQueue {
  readonly #options: QueueOptions;
  /** When each became due. */
  readonly #due = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #closed = new AbortController();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** How many pieces wait or are under way, those to be tried later left out. */
  get depth(): number {
    return this.#due.size + this.#running.size;
  }

  /** Does the work soon; if it is under way, once more after it. */
  add(key: string): void {
    if (!this.#due.has(key)) this.#due.set(key, this.#options.clock.now());
    this.#fill();
  }

  /** Begins nothing more, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('The queue is closed'));
    await Promise.all(this.#running.values());
  }

  #fill(): void {
    const { concurrency } = this.#options;
    for (const [key, since] of this.#due) {
      if (this.#running.size >= concurrency || this.#closed.signal.aborted) return;
      if (this.#running.has(key) || (this.#failures.has(key) && this.#retries >= concurrency / 2)) continue;
      this.#due.delete(key);
      this.#running.set(key, this.#run(key, since));
    }
  }

  /** How much is under way that failed when it was done last. */
  get #retries(): number {
    return [...this.#running.keys()].filter((key) => this.#failures.has(key)).length;
  }

  async #run(key: string, since: number): Promise<void> {
    const outcome = await this.#options.work(key, since);
    this.#running.delete(key);
    if (outcome.done) this.#failures.delete(key);
    else void this.#later(key, outcome.retryAfterMs);
    this.#fill();
  }

  async #later(key: string, retryAfterMs: number | undefined): Promise<void> {
    const { clock, random } = this.#options;
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    try {
      await clock.sleep(retryDelay(count, random, { retryAfterMs }), this.#closed.signal);
    } catch {
      return;
    }
    // What has been done meanwhile, or has failed again, needs this try no more.
    if (this.#failures.get(key) === count) this.add(key);
  }
}
