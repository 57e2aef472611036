import type { Cursor } from './cursor.ts';
import type { Node } from './tree.ts';

/** What is visible at a place of a template. Each definition begins with a scope of its own. */
export interface Scope {
  /** Names, `$` included, of the variables declared so far. */
  variables: string[];
  /** How many `range` blocks are open, for `break` and `continue`. */
  ranges: number;
}

export const newScope = (): Scope => ({ variables: ['$'], ranges: 0 });

/** One parse under way. */
export interface Parsing {
  readonly cursor: Cursor;
  readonly scope: Scope;
  /** The definitions found so far. */
  readonly trees: Map<string, readonly Node[]>;
  /** The functions called so far. */
  readonly functions: Set<string>;
}
