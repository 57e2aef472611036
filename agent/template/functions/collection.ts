import { byteLength, decodeBytes, encodeText } from '#contract/template/bytes.ts';
import { Fault } from '../error.ts';
import { holds, splitText } from '../go/search.ts';
import {
  AnyMap,
  Channel,
  Float,
  type GoValue,
  Integer,
  isMap,
  isMapOfAny,
  isText,
  itemOf,
  itemsOf,
  sliceOf,
  StringList,
  textOf,
  typeName,
} from '../go/value.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes, takesMore, type FunctionContext, type TemplateFunction } from './signature.ts';

/** Whether `list` holds none, or not all, of some values; what cannot be compared counts as absent. */
const containing = (result: boolean, invert: boolean): TemplateFunction =>
  takes(['list', 'any'], ([values, list], context) =>
    values.some((value) => isIn(list, value, context) !== invert) ? !result : result,
  );

export const COLLECTION: Family<'collection'> = {
  len: takes(['any'], ([value]) => new Integer(lengthOf(value))),
  index: takesMore(['any'], 'any', ([value, ...indexes]) => {
    if (value === undefined || value === null) throw new Fault('nil has no items');
    return indexes.reduce(itemAt, value);
  }),
  slice: takesMore(['any'], 'any', ([value, ...indexes]) => slice(value, indexes)),
  in: takes(['any', 'any'], ([list, value], context) => isIn(list, value, context)),
  contains: takes(['any', 'any'], ([value, list], context) => isIn(list, value, context)),
  containsAll: containing(true, true),
  containsAny: containing(false, false),
  containsNone: containing(true, false),
  containsNotAll: containing(false, true),
  join: takes(['string', 'strings'], ([separator, { items }], context) => {
    context.spend((items.length * separator.length) / 16);
    return items.join(separator);
  }),
  split: takes(['string', 'string'], ([separator, text], context) => {
    const trimmed = trimSpace(text);
    context.spend(trimmed.length);
    return new StringList(trimmed === '' ? [] : splitText(trimmed, separator));
  }),
};

function lengthOf(value: GoValue): number {
  if (isText(value)) return byteLength(textOf(value));
  if (value instanceof Channel) return 0;
  const length = isMapOfAny(value) ? value.size : itemsOf(value)?.length;
  if (length === undefined) throw new Fault(`type ${typeName(value)} has no length`);
  return length;
}

function itemAt(value: GoValue, index: GoValue): GoValue {
  if (isMap(value)) {
    if (typeof index !== 'string') throw new Fault(`the key is of type ${typeName(index)}; expected string`);
    return itemOf(value, index);
  }
  if (value instanceof AnyMap) return itemOfAny(value, index);
  if (isText(value)) {
    const bytes = encodeText(textOf(value));
    return new Integer(bytes[position(index, bytes.length - 1)] ?? 0, 'uint8');
  }
  const items = itemsOf(value);
  if (items === undefined) throw new Fault(`type ${typeName(value)} has no items`);
  return items[position(index, items.length - 1)] ?? null;
}

function itemOfAny(map: AnyMap, index: GoValue): GoValue {
  if (isMapOfAny(index) || itemsOf(index) !== undefined) throw new Fault('a list or a map is no key');
  return map.get(index);
}

function position(index: GoValue, last: number): number {
  if (!(index instanceof Integer))
    throw new Fault(`the index is of type ${typeName(index)}; expected an integer`);
  if (index.value < 0n || index.value > BigInt(last)) throw new Fault('index out of range');
  return Number(index.value);
}

function slice(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isText(value)) {
    const bytes = encodeText(textOf(value));
    return decodeBytes(bytes.subarray(...bounds(indexes, bytes.length, 2)));
  }
  const items = itemsOf(value);
  if (items === undefined) throw new Fault(`type ${typeName(value)} cannot be sliced`);
  const [from, to] = bounds(indexes, items.length, 3);
  return sliceOf(value, from, to);
}

/** Start and end of a slice; the third index of Go, a capacity, is only checked. */
function bounds(indexes: readonly GoValue[], length: number, most: number): readonly [number, number] {
  if (indexes.length > most) throw new Fault('too many indexes');
  const [from = 0, to = length, capacity = to] = indexes.map((index) => position(index, length));
  if (from > to || to > capacity) throw new Fault('the first index is beyond the second');
  return [from, to];
}

/** Only values of the same type are found, and of lists only integers with sign, floats and strings. */
function isIn(list: GoValue, value: GoValue, context: FunctionContext): boolean {
  const items = itemsOf(list);
  context.spend(items?.length ?? 0);
  if (items !== undefined) return items.some((item) => isSame(item, value));
  const wanted = isText(list) ? textLike(list, value) : undefined;
  return isText(list) && wanted !== undefined && holds(textOf(list), wanted);
}

function isSame(item: GoValue, value: GoValue): boolean {
  if (isText(item)) return textLike(item, value) === textOf(item);
  if (item instanceof Float) return value instanceof Float && item.value === value.value;
  if (!(item instanceof Integer) || !(value instanceof Integer)) return false;
  return item.signed && value.signed && item.value === value.value;
}

/** The text of a value that is of the same type as another; undefined if it is not. Go fails on nil. */
function textLike(model: GoValue, value: GoValue): string | undefined {
  if (value === undefined || value === null) throw new Fault('nil cannot be looked for among strings');
  return isText(value) && typeName(value) === typeName(model) ? textOf(value) : undefined;
}
