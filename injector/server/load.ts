import { Refusal } from './refusal.ts';

export interface LoadLimits {
  /** Requests at one time. */
  readonly requests: number;
  /** Bytes of all their bodies together. */
  readonly bytes: number;
}

/**
 * Many times what an API server sends at once (its own limit is 600 requests of all kinds in flight, a pod's review is
 * some 10 kB), and together with the heap well inside the container's memory limit.
 */
const LOAD_LIMITS: LoadLimits = { requests: 512, bytes: 64 * 1024 * 1024 };

/** What one request holds of the server; to be released when it is done. */
export interface Share {
  /** @throws {Refusal} `busy`, if all bodies together would be too much. */
  hold(bytes: number): void;
  release(): void;
}

/** How much the server is doing at this moment. Anybody on the cluster's network may connect, so it has bounds. */
export class Load {
  readonly #limits: LoadLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: LoadLimits = LOAD_LIMITS) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  /** @throws {Refusal} `busy`, if there are too many requests already. */
  enter(): Share {
    if (this.#requests >= this.#limits.requests) throw busy();
    this.#requests += 1;
    let held = 0;
    return {
      hold: (bytes) => {
        if (this.#bytes + bytes > this.#limits.bytes) throw busy();
        this.#bytes += bytes;
        held += bytes;
      },
      release: () => {
        this.#requests -= 1;
        this.#bytes -= held;
      },
    };
  }
}

const busy = (): Refusal => new Refusal('busy', 'Cannot take another request: too many at once; try again');
