import type { Problem } from '#contract/problem.ts';
import type { Family } from './families.ts';
import type { FoundName } from './names.ts';
import type { Annotations } from './request.ts';
import { quoted, type ValueParser } from './values.ts';

/** The annotations of one pod and everything found to be wrong or odd in them. Keys are in full. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #annotations: Annotations;

  constructor(annotations: Annotations) {
    this.#annotations = annotations;
  }

  keysBelow(prefix: string): readonly string[] {
    return Object.keys(this.#annotations).filter((key) => key.startsWith(prefix));
  }

  /** What stands for the placeholder in every key of one row of a family, sorted. */
  suffixes({ prefix, find }: Family, row: string): readonly string[] {
    const found = this.keysBelow(prefix).map((key) => find(key.slice(prefix.length)));
    return found
      .filter((one): one is FoundName => one?.name.key === row)
      .map(({ suffix }) => suffix)
      .toSorted();
  }

  text(key: string): string | undefined {
    return this.#annotations[key];
  }

  /** Parses the text of a key; if that fails, notes what was expected and takes the fallback. */
  read<T, F>(key: string, parse: ValueParser<T>, fallback: F): T | F {
    const text = this.text(key);
    if (text === undefined) return fallback;
    const result = parse(text);
    if ('value' in result) return result.value;
    this.deny(key, `is ${quoted(text)}; expected ${result.expected}`);
    return fallback;
  }

  deny(key: string, message: string): void {
    this.problems.push({ key, message });
  }

  /** Notes something odd but harmless. */
  warn(key: string, message: string): void {
    this.warnings.push({ key, message });
  }
}
