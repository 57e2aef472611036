import type { Problem } from '#contract/problem.ts';
import { DROP_IN_PREFIX } from './names.ts';
import type { Annotations } from './request.ts';
import { quoted, type ValueParser } from './values.ts';

/** The annotations of one pod and everything found to be wrong or odd in them. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #annotations: Annotations;

  constructor(annotations: Annotations) {
    this.#annotations = annotations;
  }

  /** All keys, in full. */
  keys(): readonly string[] {
    return Object.keys(this.#annotations);
  }

  /** The keys below the drop-in prefix, without it. */
  dropInKeys(): readonly string[] {
    return this.keys().flatMap((key) =>
      key.startsWith(DROP_IN_PREFIX) ? [key.slice(DROP_IN_PREFIX.length)] : [],
    );
  }

  /** The text of a key below the drop-in prefix. */
  text(key: string): string | undefined {
    return this.#annotations[DROP_IN_PREFIX + key];
  }

  /** Parses a key below the drop-in prefix; if that fails, notes what was expected and takes the fallback. */
  read<T>(key: string, parse: ValueParser<T>, fallback: T): T {
    const text = this.text(key);
    if (text === undefined) return fallback;
    const result = parse(text);
    if ('value' in result) return result.value;
    this.deny(DROP_IN_PREFIX + key, `is ${quoted(text)}; expected ${result.expected}`);
    return fallback;
  }

  /** Notes a problem under a key in full. */
  deny(key: string, message: string): void {
    this.problems.push({ key, message });
  }

  /** Notes something odd but harmless under a key in full. */
  warn(key: string, message: string): void {
    this.warnings.push({ key, message });
  }
}
