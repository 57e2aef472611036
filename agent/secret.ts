import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that must not be seen: printed, logged, serialised or inspected, it says `[redacted]`.
 * `reveal` is the one way in, so that every use can be found by its name.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
