import type { Json } from '#contract/json.ts';
import { compile } from '../../../governance/cel/environment.ts';
import { celValue } from '../../../governance/cel/value.ts';

/** What an expression gives for an object. */
export function evaluate(expression: string, object: Json = null): unknown {
  const scope = { object: celValue(object), oldObject: null, namespaceObject: null, request: null };
  return compile(expression)({ ...scope, variables: {} });
}

/** A text as a literal of CEL. */
export const literal = (text: string): string => JSON.stringify(text);
