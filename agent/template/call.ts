import { Fault } from './error.ts';
import type { Parameter, TemplateFunction } from './functions/signature.ts';
import {
  Float,
  type GoValue,
  Integer,
  isList,
  isMap,
  isText,
  isTrue,
  NIL_LIST,
  NIL_MAP,
  StringList,
  TextMap,
  textOf,
  typeName,
} from './go/value.ts';
import { wholeText } from './go/search.ts';
import type { Run } from './run.ts';

/** An argument that is evaluated when the function wants it, as a type. */
export type Argument = (type: Parameter) => GoValue;

/** Calls a function with as many arguments as it takes, each of the right type. Throws Fault. */
export function callFunction(
  name: string,
  fn: TemplateFunction,
  args: readonly Argument[],
  run: Run,
): GoValue {
  checkCount(name, fn, args.length);
  const { offset } = run;
  const values: GoValue[] = [];
  for (const [index, argument] of args.entries()) {
    const value = argument(fn.parameters[index] ?? fn.rest ?? 'any');
    values.push(value);
    if (fn.stopsAt === isTrue(value)) return value;
  }
  run.at(offset);
  return named(name, () => spendTexts(whole(fn.call(spendAll(values, run), run)), run));
}

function checkCount(name: string, { parameters, rest }: TemplateFunction, count: number): void {
  const wanted = parameters.length;
  if (count === wanted || (count > wanted && rest !== undefined)) return;
  const least = rest === undefined ? '' : 'at least ';
  throw new Fault(`${name}: wrong number of arguments: ${count}; expected ${least}${wanted}`);
}

/** What was put together of parts of characters may be whole ones now. */
const whole = (value: GoValue): GoValue => (typeof value === 'string' ? wholeText(value) : value);

/** Long texts cost by their length, whatever is done with them. */
function spendTexts(value: GoValue, run: Run): GoValue {
  if (isText(value)) run.spendText(textOf(value));
  return value;
}

function spendAll(values: readonly GoValue[], run: Run): readonly GoValue[] {
  return values.map((value) => spendTexts(value, run));
}

function named<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Fault ? new Fault(`${name}: ${error.message}`) : error;
  }
}

/** A value as an argument of a type. Nothing is converted: a number out of JSON is no string and no int. */
export function assign(value: GoValue, type: Parameter): GoValue {
  if (type === 'any' || TYPES[type].holds(value)) return value;
  const { name, none } = TYPES[type];
  if (value === undefined && none !== undefined) return none;
  const found = value === undefined || value === null ? 'nothing' : typeName(value);
  throw new Fault(`wrong type of argument: ${found}; expected ${name}`);
}

interface Type {
  readonly name: string;
  readonly holds: (value: GoValue) => boolean;
  /** What stands for nothing, if that is of the type. */
  readonly none?: GoValue;
}

const TYPES: Readonly<Record<Exclude<Parameter, 'any'>, Type>> = {
  string: { name: 'string', holds: (value) => typeof value === 'string' },
  boolean: { name: 'bool', holds: (value) => typeof value === 'boolean' },
  int: { name: 'int', holds: (value) => value instanceof Integer && value.type === 'int' },
  float: { name: 'float64', holds: (value) => value instanceof Float },
  strings: {
    name: '[]string',
    holds: (value) => value instanceof StringList,
    none: new StringList(undefined),
  },
  list: { name: '[]interface {}', holds: isList, none: NIL_LIST },
  map: {
    name: 'map[string]interface {}',
    holds: (value) => isMap(value) && !(value instanceof TextMap),
    none: NIL_MAP,
  },
};
