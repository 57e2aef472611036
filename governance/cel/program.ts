import type { AuditAnnotation, NamedExpression, Policy, Validation } from '../policy/policy.ts';
import { compile, type Expression, type Scope } from './environment.ts';

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

interface Check {
  readonly validation: Validation;
  readonly expression: Expression;
  readonly messageExpression?: Expression;
}

/** A policy whose expressions have been read. */
export interface Program {
  readonly conditions: readonly Named[];
  readonly variables: readonly Named[];
  readonly checks: readonly Check[];
  readonly notes: readonly Named[];
}

const named = ({ name, expression }: NamedExpression): Named => ({ name, expression: compile(expression) });

const note = ({ key, valueExpression }: AuditAnnotation): Named => ({
  name: key,
  expression: compile(valueExpression),
});

const check = (validation: Validation): Check => ({
  validation,
  expression: compile(validation.expression),
  ...(validation.messageExpression !== undefined && {
    messageExpression: compile(validation.messageExpression),
  }),
});

const programs = new WeakMap<Policy, Program>();

/**
 * The policy, read the first time it is asked for.
 *
 * @throws {Error} If one of its expressions cannot be compiled.
 */
export function programOf(policy: Policy): Program {
  const known = programs.get(policy);
  if (known !== undefined) return known;
  const program = {
    conditions: policy.conditions.map(named),
    variables: policy.variables.map(named),
    checks: policy.validations.map(check),
    notes: policy.auditAnnotations.map(note),
  };
  programs.set(policy, program);
  return program;
}

/** The scope with the program's variables in it, each computed once and not before it is named. */
export function withVariables({ variables }: Program, scope: Omit<Scope, 'variables'>): Scope {
  const values = {};
  const full = { ...scope, variables: values };
  for (const { name, expression } of variables) {
    const get = (): unknown => {
      const value = expression(full);
      Object.defineProperty(values, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(values, name, { get, enumerable: true, configurable: true });
  }
  return full;
}
