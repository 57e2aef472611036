import { JsonNumber } from '../value/value.ts';
import { Fault } from './error.ts';
import { parseDouble, parseInteger } from './functions/parse.ts';
import { Float, type GoValue, Integer, isMap, Structure, typeName } from './go/value.ts';

/** Follows `.a.b.c` from a value. Throws Fault. */
export function takeFields(value: GoValue, path: readonly string[], hasArguments: boolean): GoValue {
  return path.reduce<GoValue>(
    (receiver, name, index) => takeField(receiver, name, hasArguments && index === path.length - 1),
    value,
  );
}

/** Nothing has every field, and it is nothing again; a nil found in data, or a missing key, has none. */
function takeField(receiver: GoValue, name: string, hasArguments: boolean): GoValue {
  if (receiver === undefined) return undefined;
  if (receiver === null) throw new Fault(`cannot take .${name} of nil`);
  if (hasArguments) throw new Fault(`.${name} takes no arguments`);
  if (isMap(receiver)) return receiver.get(name) ?? null;
  if (receiver instanceof Structure) return takeMember(receiver, name);
  const method = receiver instanceof JsonNumber ? numberMethod(receiver.token, name) : undefined;
  if (method === undefined) throw new Fault(`type ${typeName(receiver)} has no field .${name}`);
  return method;
}

function takeMember({ type, fields }: Structure, name: string): GoValue {
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
