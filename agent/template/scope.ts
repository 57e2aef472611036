import type { Node } from '#contract/template/tree.ts';
import { Fault } from './error.ts';
import type { GoValue } from './go/value.ts';
import type { Run } from './run.ts';

/** The variables visible at a place, the innermost last. */
export class Variables {
  readonly #stack: { readonly name: string; value: GoValue }[] = [];

  constructor(dollar: GoValue) {
    this.declare('$', dollar);
  }

  declare(name: string, value: GoValue): void {
    this.#stack.push({ name, value });
  }

  get(name: string): GoValue {
    return this.#find(name).value;
  }

  set(name: string, value: GoValue): void {
    this.#find(name).value = value;
  }

  /** Runs an action and forgets what it declared. */
  block<T>(action: () => T): T {
    const { length } = this.#stack;
    const result = action();
    this.#stack.length = length;
    return result;
  }

  /** A variable declared in a branch that was not taken is unknown here. */
  #find(name: string): { value: GoValue } {
    const variable = this.#stack.findLast((entry) => entry.name === name);
    if (variable === undefined) throw new Fault(`undefined variable ${name}`);
    return variable;
  }
}

/** What a node is evaluated in. */
export interface Scope {
  readonly run: Run;
  readonly trees: ReadonlyMap<string, readonly Node[]>;
  readonly dot: GoValue;
  readonly variables: Variables;
}
