import { Fault } from '../error.ts';
import { writable } from '../go/copy.ts';
import { sortedEntries } from '../go/order.ts';
import { type GoValue, isMap, type Scratch, TextMap } from '../go/value.ts';
import { takes, type TemplateFunction } from './signature.ts';

const METHODS: Readonly<Record<string, (scratch: Scratch) => TemplateFunction>> = {
  Key: ({ values }) => takes(['string'], ([key]) => values.has(key)),
  Get: ({ values }) => takes(['string'], ([key]) => values.get(key)),
  Set: ({ values }) => takes(['string', 'any'], ([key, value]) => put(values, key, value)),
  SetX: ({ values }) =>
    takes(['string', 'any'], ([key, value]) => (values.has(key) ? '' : put(values, key, value))),
  MapSet: (scratch) =>
    takes(['string', 'string', 'any'], ([map, key, value]) => put(mapIn(scratch, map), key, value)),
  MapSetX: (scratch) =>
    takes(['string', 'string', 'any'], ([name, key, value]) => {
      const map = mapIn(scratch, name);
      return map.has(key) ? '' : put(map, key, value);
    }),
  MapValues: ({ values }) =>
    takes(['string'], ([key]) => {
      const map = values.get(key);
      return isMap(map) && !(map instanceof TextMap) ? sortedEntries(map).map(([, item]) => item) : [];
    }),
};

/** A method of the value that `scratch` gives. Throws Fault if it has none of this name. */
export function scratchMethod(scratch: Scratch, name: string): TemplateFunction {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (method === undefined) throw new Fault(`scratch has no method .${name}`);
  return method(scratch);
}

function put(map: Map<string, GoValue>, key: string, value: GoValue): string {
  map.set(key, value ?? null);
  return '';
}

function mapIn({ values }: Scratch, name: string): Map<string, GoValue> {
  const known = values.get(name);
  if (isMap(known) && !(known instanceof TextMap)) return writable(known);
  if (values.has(name)) throw new Fault('what is stored under that name is no map');
  const map = new Map<string, GoValue>();
  values.set(name, map);
  return map;
}
