import { Fault } from '../error.ts';
import { writable } from '../go/copy.ts';
import { mergeInto } from '../go/merge.ts';
import { sortedEntries } from '../go/order.ts';
import { splitText } from '../go/search.ts';
import { type GoMap, type GoValue, isMap, NIL_MAP, TextMap } from '../go/value.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes, type TemplateFunction } from './signature.ts';

const merging = (overrides: boolean): TemplateFunction =>
  takes(['map', 'map'], ([target, source], context) => {
    context.spend(source.size);
    return mergeInto(target === NIL_MAP ? new Map() : writable(target), source, overrides);
  });

export const MAP: Family<'map'> = {
  splitToMap: takes(['string', 'string', 'string'], ([separator, equals, text], context) => {
    const trimmed = trimSpace(text);
    context.spend(trimmed.length);
    const pairs = splitText(trimmed, separator);
    return new TextMap(pairs.flatMap((pair) => cut(pair, equals)));
  }),
  explodeMap: takes(['map'], ([map], context) => {
    context.spend(map.size);
    return explode(map);
  }),
  mergeMap: merging(false),
  mergeMapWithOverride: merging(true),
};

/** Key and value; nothing if there is no sign between them. */
function cut(pair: string, equals: string): [string, string][] {
  if (equals === '') return [['', pair]];
  const [key = '', ...rest] = splitText(pair, equals);
  return rest.length === 0 ? [] : [[key, rest.join(equals)]];
}

/** Keys such as `a/b/c` become maps in maps. */
function explode(map: GoMap): GoMap {
  const exploded = new Map<string, GoValue>();
  for (const [path, value] of sortedEntries(map)) {
    const parts = path.split('/');
    const key = parts.pop() ?? '';
    const place = parts.reduce<Map<string, GoValue>>(childOf, exploded);
    if (key !== '') place.set(key, value);
  }
  return exploded;
}

function childOf(parent: Map<string, GoValue>, key: string): Map<string, GoValue> {
  const child = parent.get(key);
  if (isMap(child) && !(child instanceof TextMap)) return writable(child);
  if (parent.has(key)) throw new Fault('a part of a path already has a value that is no map');
  const made = new Map<string, GoValue>();
  parent.set(key, made);
  return made;
}
