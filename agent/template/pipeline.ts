import type { NumberLiteral } from '#contract/template/number.ts';
import type { Command, Operand, Pipeline } from '#contract/template/tree.ts';
import { type Argument, assign, callFunction } from './call.ts';
import { Fault } from './error.ts';
import { takeFields } from './field.ts';
import type { Parameter } from './functions/signature.ts';
import { Float, type GoValue, Integer } from './go/value.ts';
import type { Scope } from './scope.ts';

/** The value of a pipeline; its variables are declared or set. Throws Fault. */
export function evaluatePipeline(scope: Scope, pipeline: Pipeline): GoValue {
  let piped: readonly GoValue[] = [];
  for (const command of pipeline.commands) {
    scope.run.at(command.offset);
    const value = evaluateCommand(scope, command, piped);
    piped = [value === null ? undefined : value];
  }
  const [value] = piped;
  for (const name of pipeline.variables) {
    if (pipeline.assigns) scope.variables.set(name, value);
    else scope.variables.declare(name, value);
  }
  return value;
}

function evaluateCommand(scope: Scope, command: Command, piped: readonly GoValue[]): GoValue {
  const { operand, args } = command;
  const further: Argument[] = [];
  for (const arg of args) further.push((type) => evaluateArgument(scope, arg, type));
  for (const value of piped) further.push((type) => assign(value, type));
  if (operand.kind === 'function') return callNamed(scope, operand.name, further);
  if ('path' in operand && operand.path.length > 0) return evaluatePath(scope, operand, further);
  if (further.length > 0) throw new Fault('only a function takes arguments');
  if (operand.kind === 'nil') throw new Fault('nil is not a command');
  return evaluateArgument(scope, operand, 'any');
}

function callNamed({ run }: Scope, name: string, args: readonly Argument[]): GoValue {
  const fn = run.functionNamed(name);
  if (fn === undefined) throw new Fault(`function "${name}" is not defined`);
  return callFunction(name, fn, args, run);
}

type PathOperand = Extract<Operand, { path: readonly string[] }>;

function evaluatePath(scope: Scope, operand: PathOperand, args: readonly Argument[]): GoValue {
  const base = baseOf(scope, operand);
  scope.run.at(operand.offset);
  return takeFields(base, operand.path, args, scope.run);
}

function baseOf(scope: Scope, operand: PathOperand): GoValue {
  if (operand.kind === 'field') return scope.dot;
  if (operand.kind === 'variable') return scope.variables.get(operand.name);
  if (operand.base.kind === 'nil') throw new Fault('nil has no fields');
  return evaluateArgument(scope, operand.base, 'any');
}

/** An operand as an argument of a type; what a constant is depends on that. */
function evaluateArgument(scope: Scope, operand: Operand, type: Parameter): GoValue {
  scope.run.at(operand.offset);
  switch (operand.kind) {
    case 'nil':
    case 'boolean':
    case 'string':
    case 'number':
      return constant(operand, type);
    case 'dot':
      return assign(scope.dot, type);
    case 'pipeline':
      return assign(evaluatePipeline(scope, operand), type);
    case 'function':
      return assign(callNamed(scope, operand.name, []), type);
    default:
      return assign(evaluatePath(scope, operand, []), type);
  }
}

type Constant = Extract<Operand, { kind: 'nil' | 'boolean' | 'string' | 'number' }>;

function constant(operand: Constant, type: Parameter): GoValue {
  if (operand.kind === 'number') return numberConstant(operand.value, type);
  return assign(operand.kind === 'nil' ? (type === 'any' ? null : undefined) : operand.value, type);
}

/** `1.0` is an int where one is wanted, and a float elsewhere; `1` is a float only where one is wanted. */
function numberConstant({ integer, float, isFloat }: NumberLiteral, type: Parameter): GoValue {
  const isInteger = type === 'int' || !(isFloat || type === 'float');
  if (integer !== undefined && isInteger) return assign(new Integer(integer), type);
  return assign(new Float(float), type);
}
