import type { Node } from '#contract/template/tree.ts';
import { Fault } from './error.ts';
import { display } from './go/format.ts';
import { sortedAnyEntries, sortedEntries } from './go/order.ts';
import {
  AnyMap,
  Channel,
  type GoValue,
  Integer,
  isMap,
  isMapOfAny,
  isTrue,
  itemsOf,
  typeName,
} from './go/value.ts';
import { evaluatePipeline } from './pipeline.ts';
import { type Scope, Variables } from './scope.ts';

/** Whether the nodes ran to their end or a `break` or `continue` stopped them. */
type Completion = 'done' | 'break' | 'continue';

type NodeOf<K extends Node['kind']> = Extract<Node, { kind: K }>;

/** Evaluates nodes one after another and writes what they give. Throws Fault. */
export function walk(scope: Scope, nodes: readonly Node[]): Completion {
  for (const node of nodes) {
    scope.run.at(node.offset);
    const completion = walkNode(scope, node);
    if (completion !== 'done') return completion;
  }
  return 'done';
}

function walkNode(scope: Scope, node: Node): Completion {
  switch (node.kind) {
    case 'text':
      scope.run.write(node.text);
      return 'done';
    case 'action':
      return walkAction(scope, node);
    case 'if':
    case 'with':
      return walkCondition(scope, node);
    case 'range':
      return scope.variables.block(() => walkRange(scope, node));
    case 'template':
      return walkTemplate(scope, node);
    default:
      return node.kind;
  }
}

/** An action that declares or sets a variable writes nothing. */
function walkAction(scope: Scope, { pipeline }: NodeOf<'action'>): Completion {
  const value = evaluatePipeline(scope, pipeline);
  if (pipeline.variables.length === 0) scope.run.write(display(value));
  return 'done';
}

function walkCondition(scope: Scope, node: NodeOf<'if' | 'with'>): Completion {
  return scope.variables.block(() => {
    const value = evaluatePipeline(scope, node.pipeline);
    if (!isTrue(value)) return walk(scope, node.otherwise ?? []);
    return walk(node.kind === 'with' ? { ...scope, dot: value } : scope, node.body);
  });
}

function walkTemplate(scope: Scope, { name, pipeline }: NodeOf<'template'>): Completion {
  const dot = pipeline === undefined ? undefined : evaluatePipeline(scope, pipeline);
  return callTemplate({ ...scope, dot }, name);
}

/** Writes a template that is defined in this one. Throws Fault. */
export function callTemplate(scope: Scope, name: string): Completion {
  const nodes = scope.trees.get(name);
  // The name may have been computed, and so be a secret: it is not repeated.
  if (nodes === undefined || name === '') throw new Fault('no template of this name is defined');
  return scope.run.deeper(() => walk({ ...scope, variables: new Variables(scope.dot) }, nodes));
}

function walkRange(scope: Scope, node: NodeOf<'range'>): Completion {
  const value = evaluatePipeline(scope, node.pipeline);
  if (value instanceof Integer && node.pipeline.variables.length > 1) {
    throw new Fault('a range over an integer takes one variable only');
  }
  if (isMapOfAny(value)) scope.run.spend(value.size);
  let empty = true;
  for (const [index, item] of iterations(value)) {
    empty = false;
    scope.run.at(node.offset);
    const completion = scope.variables.block(() => walkIteration(scope, node, index, item));
    if (completion === 'break') break;
  }
  return empty ? walk(scope, node.otherwise ?? []) : 'done';
}

function walkIteration(scope: Scope, node: NodeOf<'range'>, index: GoValue, item: GoValue): Completion {
  const { variables, assigns } = node.pipeline;
  const values = variables.length > 1 ? [index, item] : [item];
  for (const [position, name] of variables.entries()) {
    if (assigns) scope.variables.set(name, values[position]);
    else scope.variables.declare(name, values[position]);
  }
  return walk({ ...scope, dot: item }, node.body);
}

/** Lists by index, maps by key in order, integers from 0; nothing is empty. */
function* iterations(value: GoValue): Generator<readonly [GoValue, GoValue]> {
  const items = itemsOf(value);
  if (items !== undefined) {
    for (const [index, item] of items.entries()) yield [new Integer(index), item];
  } else if (isMap(value)) {
    yield* sortedEntries(value);
  } else if (value instanceof AnyMap) {
    yield* sortedAnyEntries(value);
  } else if (value instanceof Channel) {
    for (let index = 0; value.next < value.end; index += 1) {
      value.next += 1n;
      yield [new Integer(index), new Integer(value.next - 1n, 'int64')];
    }
  } else if (value instanceof Integer) {
    for (let count = 0n; count < value.value; count += 1n) yield [undefined, new Integer(count, value.type)];
  } else if (value !== undefined) {
    throw new Fault(`type ${typeName(value)} cannot be ranged over`);
  }
}
