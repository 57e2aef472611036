import { Fault } from '../../error.ts';
import { copyValue, countValues, writable } from '../../go/copy.ts';
import { mergeInto } from '../../go/merge.ts';
import { compareText, sortedEntries } from '../../go/order.ts';
import { type GoMap, type GoValue, isMap, NIL_MAP, StringList, TextMap } from '../../go/value.ts';
import { type Family, type FunctionContext, takes, takesMore, type TemplateFunction } from '../signature.ts';
import { toText } from './cast.ts';

const merging = (overrides: boolean): TemplateFunction =>
  takesMore(['map'], 'map', ([target, ...sources], context) =>
    sources.reduce<GoMap>(
      (merged, source) => {
        context.spend(source.size);
        return mergeInto(writable(merged), source, overrides);
      },
      target === NIL_MAP ? new Map() : target,
    ),
  );

const merge = merging(false);
const mergeOverwrite = merging(true);
const deepCopy = takes(['any'], ([value], context) => {
  if (value === undefined || value === null) throw new Fault('nothing cannot be copied');
  context.spend(countValues(value) / 4);
  return copyValue(value);
});

/** Where Go's order of keys is by chance, ours is that of their bytes. */
export const SPRIG_MAP: Family<'sprigMap'> = {
  sprig_dict: takesMore([], 'any', (values) => dictionary(values)),
  sprig_get: takes(['map', 'string'], ([map, key]) => (map.has(key) ? map.get(key) : '')),
  sprig_set: takes(['map', 'string', 'any'], ([map, key, value]) => writableOf(map).set(key, value ?? null)),
  sprig_unset: takes(['map', 'string'], ([map, key]) => {
    if (map !== NIL_MAP) writable(map).delete(key);
    return map;
  }),
  sprig_hasKey: takes(['map', 'string'], ([map, key]) => map.has(key)),
  sprig_pluck: takesMore(['string'], 'map', ([key, ...maps]) =>
    maps.filter((map) => map.has(key)).map((map) => map.get(key)),
  ),
  sprig_keys: takesMore(
    [],
    'map',
    (maps, context) => new StringList(maps.flatMap((map) => keysOf(map, context).toSorted(compareText))),
  ),
  sprig_values: takes(['map'], ([map], context) => {
    context.spend(map.size);
    return sortedEntries(map).map(([, item]) => item);
  }),
  sprig_pick: takesMore(['map'], 'string', ([map, ...keys], context) =>
    only(map, (key) => keys.includes(key), context),
  ),
  sprig_omit: takesMore(['map'], 'string', ([map, ...keys], context) =>
    only(map, (key) => !keys.includes(key), context),
  ),
  sprig_merge: merge,
  sprig_mustMerge: merge,
  sprig_mergeOverwrite: mergeOverwrite,
  sprig_mustMergeOverwrite: mergeOverwrite,
  sprig_dig: takesMore([], 'any', (values) => dig(values)),
  sprig_deepCopy: deepCopy,
  sprig_mustDeepCopy: deepCopy,
};

function dictionary(values: readonly GoValue[]): GoMap {
  const map = new Map<string, GoValue>();
  for (let index = 0; index < values.length; index += 2) {
    map.set(toText(values[index]), index + 1 < values.length ? (values[index + 1] ?? null) : '');
  }
  return map;
}

function keysOf(map: GoMap, context: FunctionContext): string[] {
  context.spend(map.size);
  return [...map.keys()];
}

function only(map: GoMap, isWanted: (key: string) => boolean, context: FunctionContext): GoMap {
  context.spend(map.size);
  return new Map([...map].filter(([key]) => isWanted(key)));
}

function writableOf(map: GoMap): Map<string, GoValue> {
  if (map === NIL_MAP) throw new Fault('nothing can be set in a nil map');
  return writable(map);
}

/** The value at a path of keys in maps, else the default before the last argument. */
function dig(values: readonly GoValue[]): GoValue {
  const [path, fallback] = [values.slice(0, -2), values.at(-2)];
  let at = values.at(-1);
  if (path.length === 0) throw new Fault('expected keys, a default and a map');
  for (const key of path) {
    if (!isMap(at) || at instanceof TextMap || typeof key !== 'string')
      throw new Fault('expected keys that lead through maps');
    if (!at.has(key)) return fallback;
    at = at.get(key);
  }
  return at;
}
