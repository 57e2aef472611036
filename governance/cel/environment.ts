import { Environment } from '@marcbachmann/cel-js';
import { inOurWords } from './dialect.ts';
import { addQuantity } from './quantity.ts';
import { addTexts } from './text.ts';

/** What expressions may name. The API server knows more; a policy that uses it does not compile here. */
export interface Scope {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly namespaceObject: unknown;
  readonly request: unknown;
  /** Values by name, computed when they are asked for. */
  readonly variables: object;
}

/** @throws {Error} If the expression cannot be evaluated for these values. */
export type Expression = (scope: Scope) => unknown;

const NAMES = ['object', 'oldObject', 'namespaceObject', 'request', 'variables'] as const;

function environment(): Environment {
  const empty = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  for (const name of NAMES) empty.registerVariable(name, 'dyn');
  addQuantity(empty);
  addTexts(empty);
  return empty;
}

const ENVIRONMENT = environment();

/**
 * Reads an expression once, for many evaluations.
 *
 * @throws {Error} If it is none, or names something there is not.
 */
export function compile(expression: string): Expression {
  const parsed = ENVIRONMENT.parse(inOurWords(expression));
  const checked = parsed.check();
  if (!checked.valid) {
    throw new Error(`Cannot compile ${expression}: ${checked.error?.message ?? 'it is not valid'}`, {
      cause: checked.error,
    });
  }
  return (scope): unknown => {
    const value: unknown = parsed({ ...scope });
    return value;
  };
}
