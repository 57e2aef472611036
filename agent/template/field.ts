import { JsonNumber } from '../value/value.ts';
import { type Argument, callFunction } from './call.ts';
import { Fault } from './error.ts';
import { parseDouble, parseInteger } from './functions/parse.ts';
import { scratchMethod } from './functions/scratch.ts';
import {
  AnyMap,
  Float,
  type GoValue,
  Integer,
  isMap,
  isMapOfAny,
  itemOf,
  Scratch,
  Structure,
  typeName,
} from './go/value.ts';
import type { Run } from './run.ts';

/** Follows `.a.b.c` from a value; arguments are the last one's. Throws Fault. */
export function takeFields(
  value: GoValue,
  path: readonly string[],
  args: readonly Argument[],
  run: Run,
): GoValue {
  return path.reduce<GoValue>((receiver, name, index) => {
    const own = index === path.length - 1 ? args : [];
    if (receiver instanceof Scratch) return callFunction(name, scratchMethod(receiver, name), own, run);
    if (run.errorOnMissingKey && lacks(receiver, name))
      throw new Fault(`there is no key "${name}" in the map`);
    return takeField(receiver, name, own.length > 0);
  }, value);
}

const lacks = (receiver: GoValue, name: string): boolean =>
  receiver === undefined || (isMapOfAny(receiver) && !receiver.has(name));

/** Nothing has every field, and it is nothing again; a nil found in data, or a missing key, has none. */
function takeField(receiver: GoValue, name: string, hasArguments: boolean): GoValue {
  if (receiver === undefined) return undefined;
  if (receiver === null) throw new Fault(`cannot take .${name} of nil`);
  if (hasArguments) throw new Fault(`.${name} takes no arguments`);
  if (isMap(receiver)) return itemOf(receiver, name);
  if (receiver instanceof AnyMap) return receiver.get(name);
  if (receiver instanceof Structure) return takeMember(receiver, name);
  const method = receiver instanceof JsonNumber ? numberMethod(receiver.token, name) : undefined;
  if (method === undefined) throw new Fault(`type ${typeName(receiver)} has no field .${name}`);
  return method;
}

function takeMember(structure: Structure, name: string): GoValue {
  const { type, fields, self } = structure;
  if (name === self) return structure;
  if (fields === undefined) throw new Fault(`cannot take .${name} of nil`);
  if (!fields.has(name)) throw new Fault(`type ${type} has no field .${name}`);
  return fields.get(name);
}

/** The methods of Go's `json.Number`. */
function numberMethod(token: string, name: string): GoValue {
  if (name === 'Int64') return new Integer(parseInteger(token), 'int64');
  if (name === 'Float64') return new Float(parseDouble(token));
  return name === 'String' ? token : undefined;
}
