/** Nothing is kept that nobody has asked for in so long. */
const TURN_MS = 3_600_000;

/** Values by key for as long as they are in use: what is not asked for is forgotten within one or two hours. */
export class Recent<V> {
  readonly #now: () => number;
  #fresh = new Map<string, V>();
  #stale = new Map<string, V>();
  #turnAt: number;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
    this.#turnAt = now() + TURN_MS;
  }

  get(key: string): V | undefined {
    this.#turn();
    const value = this.#fresh.get(key) ?? this.#stale.get(key);
    if (value !== undefined) this.#fresh.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#turn();
    this.#fresh.set(key, value);
  }

  delete(key: string): void {
    this.#fresh.delete(key);
    this.#stale.delete(key);
  }

  #turn(): void {
    const late = this.#now() - this.#turnAt;
    if (late < 0) return;
    this.#stale = late < TURN_MS ? this.#fresh : new Map<string, V>();
    this.#fresh = new Map<string, V>();
    this.#turnAt = this.#now() + TURN_MS;
  }
}
