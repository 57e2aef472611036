import { Environment, type ParseResult } from '@marcbachmann/cel-js';
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
  const parsed = parse(expression);
  const checked = parsed.check();
  if (!checked.valid) throw notCompiled(expression, checked.error);
  return (scope): unknown => {
    const value: unknown = parsed({ ...scope });
    return value;
  };
}

function parse(expression: string): ParseResult {
  try {
    return ENVIRONMENT.parse(inOurWords(expression));
  } catch (error) {
    throw notCompiled(expression, error);
  }
}

function notCompiled(expression: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : 'it is not valid';
  return new Error(`Cannot compile ${expression}: ${reason}`, { cause });
}
