import type { Clock } from '#platform/clock.ts';

/** So often at once: as often as somebody applies a manifest in a row. */
const BURST = 30;
/** And then once in so long. */
const EVERY_MS = 1000;

/**
 * Keeps what is told of each key at a pace: some in a row are passed on at once, more of them once a second, the last of them in
 * any case. Two who undo each other's work, each as soon as he sees the other's, would keep an API server busy for ever.
 */
export class Pace {
  readonly #pass: (key: string) => void;
  readonly #clock: Clock;
  readonly #stop: AbortSignal;
  /** Until when what was passed on counts; what was passed on last stands last. */
  readonly #spent = new Map<string, number>();
  readonly #held = new Set<string>();

  constructor(pass: (key: string) => void, clock: Clock, stop: AbortSignal) {
    this.#pass = pass;
    this.#clock = clock;
    this.#stop = stop;
  }

  tell(key: string): void {
    if (this.#held.has(key)) return;
    const wait = this.#take(key);
    if (wait === 0) this.#pass(key);
    else void this.#passLater(key, wait);
  }

  /** Counts one more, and gives how long it has to wait, in milliseconds. */
  #take(key: string): number {
    const now = this.#clock.now();
    for (const [other, until] of this.#spent) {
      if (until > now) break;
      this.#spent.delete(other);
    }
    const until = Math.max(now, this.#spent.get(key) ?? now) + EVERY_MS;
    this.#spent.delete(key);
    this.#spent.set(key, until);
    return Math.max(0, until - now - BURST * EVERY_MS);
  }

  async #passLater(key: string, ms: number): Promise<void> {
    this.#held.add(key);
    try {
      await this.#clock.sleep(ms, this.#stop);
    } catch {
      return;
    }
    this.#held.delete(key);
    this.#pass(key);
  }
}
