import type { Problem } from './problem.ts';

interface Range {
  readonly min: number;
  readonly max?: number;
  readonly fallback?: number;
}

/**
 * Reads the fields of one JSON object, noting every problem under its dotted path and every field nobody asked for.
 * A reader and its children share one list of each. `null` stands for an absent field, as in Kubernetes.
 */
export class Reader {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  readonly #path: string;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #asked = new Set<string>();

  constructor(value: unknown, path: string, parent?: Reader) {
    this.#path = path;
    this.problems = parent?.problems ?? [];
    this.warnings = parent?.warnings ?? [];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#fields = new Map(isObject ? Object.entries(value) : []);
    if (isObject) return;
    this.problems.push({ key: path, message: 'must be an object' });
    // That says it all: what is missing in it goes into a list that nobody reads.
    if (parent !== undefined) this.problems = [];
  }

  /** Notes a problem with one field. */
  report(key: string, message: string): void {
    this.problems.push({ key: `${this.#path}.${key}`, message });
  }

  /** Warns about the fields that were not asked for. To be called when all have been. */
  finish(): void {
    for (const key of this.#fields.keys()) {
      if (!this.#asked.has(key))
        this.warnings.push({ key: `${this.#path}.${key}`, message: 'is unknown and ignored' });
    }
  }

  /** The names of all fields, for an object whose keys are data. */
  keys(): string[] {
    return [...this.#fields.keys()];
  }

  unknown(key: string): unknown {
    this.#asked.add(key);
    return this.#fields.get(key);
  }

  child(key: string): Reader {
    return new Reader(this.unknown(key), `${this.#path}.${key}`, this);
  }

  list(key: string): Reader[] {
    const value = this.unknown(key);
    if (Array.isArray(value))
      return value.map((item, index) => new Reader(item, `${this.#path}.${key}[${index}]`, this));
    this.report(key, 'must be a list');
    return [];
  }

  optionalString(key: string): string | undefined {
    return (this.unknown(key) ?? undefined) === undefined ? undefined : this.string(key);
  }

  string(key: string, fallback?: string, { allowEmpty = false } = {}): string {
    const value = this.unknown(key) ?? fallback;
    if (typeof value === 'string' && (allowEmpty || value !== '')) return value;
    this.report(key, allowEmpty ? 'must be a string' : 'must be a string that is not empty');
    return '';
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.unknown(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.report(key, 'must be true or false');
    return fallback;
  }

  integer(key: string, { min, max = Number.MAX_SAFE_INTEGER, fallback }: Range): number {
    const value = this.unknown(key) ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    this.report(key, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  nullableInteger(key: string, range: Range): number | null {
    return this.unknown(key) === null ? null : this.integer(key, range);
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.unknown(key) ?? fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      this.report(key, `must be one of ${choices.map((choice) => `"${choice}"`).join(', ')}`);
    return found ?? fallback;
  }
}
