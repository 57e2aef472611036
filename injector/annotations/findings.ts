import { describeProblems, type Problem } from '#contract/problem.ts';
import type { Family } from './families.ts';
import type { Excess } from './limit-rule.ts';
import type { Annotations } from './request.ts';
import { quoted, type ValueParser } from './values.ts';

/** The annotations of one pod and everything found to be wrong or odd in them. Keys are in full. */
export class Findings {
  readonly problems: (Problem | Excess)[] = [];
  readonly warnings: Problem[] = [];
  readonly #denied = new Set<string>();
  readonly #warned = new Set<string>();
  readonly #annotations: Annotations;
  readonly #rows = new Map<Family, ReadonlyMap<string, readonly string[]>>();

  constructor(annotations: Annotations) {
    this.#annotations = annotations;
  }

  keysBelow(prefix: string): readonly string[] {
    return Object.keys(this.#annotations).filter((key) => key.startsWith(prefix));
  }

  /** What stands for the placeholder in every key of one row of a family, sorted. */
  suffixes(family: Family, row: string): readonly string[] {
    return this.#suffixes(family).get(row) ?? [];
  }

  /** By row. Asked for many times of the same annotations, which are looked up once. */
  #suffixes(family: Family): ReadonlyMap<string, readonly string[]> {
    const known = this.#rows.get(family);
    if (known !== undefined) return known;
    const { prefix, find } = family;
    const suffixes = new Map<string, string[]>();
    for (const key of this.keysBelow(prefix)) {
      const found = find(key.slice(prefix.length));
      if (found === undefined) continue;
      const row = suffixes.get(found.name.key);
      if (row === undefined) suffixes.set(found.name.key, [found.suffix]);
      else row.push(found.suffix);
    }
    for (const row of suffixes.values()) row.sort();
    this.#rows.set(family, suffixes);
    return suffixes;
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
    const found = result.isUnshown
      ? 'is refused, and not shown, for it may be a secret'
      : `is ${quoted(text)}`;
    const message = `${found}; expected ${result.expected}`;
    note(this.problems, this.#denied, { key, message, ...(result.rule && { rule: result.rule }) });
    return fallback;
  }

  deny(key: string, message: string): void {
    note(this.problems, this.#denied, { key, message });
  }

  /** Notes something odd but harmless. */
  warn(key: string, message: string): void {
    note(this.warnings, this.#warned, { key, message });
  }
}

/** Once: what holds for several files is read for each of them. */
function note(list: Problem[], known: Set<string>, problem: Problem): void {
  const text = describeProblems([problem]);
  if (known.has(text)) return;
  known.add(text);
  list.push(problem);
}
