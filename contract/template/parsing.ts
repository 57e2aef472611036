import type { Cursor } from './cursor.ts';
import type { Node } from './tree.ts';

/** What is visible at a place of a template. Each definition begins with a scope of its own. */
export interface Scope {
  readonly variables: VariableNames;
  /** How many `range` blocks are open, for `break` and `continue`. */
  ranges: number;
}

export const newScope = (): Scope => ({ variables: new VariableNames(), ranges: 0 });

/** The names, `$` included, of the variables declared so far. */
class VariableNames {
  readonly #declared: string[] = ['$'];
  readonly #times = new Map([['$', 1]]);

  declare(name: string): void {
    this.#declared.push(name);
    this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
  }

  has(name: string): boolean {
    return (this.#times.get(name) ?? 0) > 0;
  }

  /** Parses a block and forgets what it declared. */
  block<T>(parse: () => T): T {
    const { length } = this.#declared;
    const result = parse();
    for (const name of this.#declared.splice(length)) this.#times.set(name, (this.#times.get(name) ?? 0) - 1);
    return result;
  }
}

/** One parse under way. */
export interface Parsing {
  readonly cursor: Cursor;
  readonly scope: Scope;
  /** The definitions found so far. */
  readonly trees: Map<string, readonly Node[]>;
  /** The functions called so far. */
  readonly functions: Set<string>;
}
