import type { Node } from '#contract/template/tree.ts';
import { Fault } from './error.ts';
import type { GoValue } from './go/value.ts';
import type { Run } from './run.ts';

interface Variable {
  readonly name: string;
  value: GoValue;
  /** The one of this name that it hides. */
  readonly hidden: Variable | undefined;
}

/** The variables visible at a place. One is found by its name, however many there are: a template may declare thousands. */
export class Variables {
  readonly #declared: Variable[] = [];
  readonly #visible = new Map<string, Variable>();

  constructor(dollar: GoValue) {
    this.declare('$', dollar);
  }

  declare(name: string, value: GoValue): void {
    const variable: Variable = { name, value, hidden: this.#visible.get(name) };
    this.#declared.push(variable);
    this.#visible.set(name, variable);
  }

  get(name: string): GoValue {
    return this.#find(name).value;
  }

  set(name: string, value: GoValue): void {
    this.#find(name).value = value;
  }

  /** Runs an action and forgets what it declared. */
  block<T>(action: () => T): T {
    const { length } = this.#declared;
    const result = action();
    for (const { name, hidden } of this.#declared.splice(length).toReversed()) {
      if (hidden === undefined) this.#visible.delete(name);
      else this.#visible.set(name, hidden);
    }
    return result;
  }

  /** A variable declared in a branch that was not taken is unknown here. */
  #find(name: string): Variable {
    const variable = this.#visible.get(name);
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
