import { Fault } from '../../error.ts';
import { countValues } from '../../go/copy.ts';
import {
  type GoValue,
  Integer,
  isText,
  NIL_LIST,
  sliceOf,
  textOf,
  TypedList,
  typeName,
} from '../../go/value.ts';
import { type Family, type FunctionContext, takes, takesMore, type TemplateFunction } from '../signature.ts';
import { isBlank, isDeepEqual, itemsIn, toWhole } from './cast.ts';

/** A function of a list alone, whose items cost. */
const ofList = (call: (items: readonly GoValue[], context: FunctionContext) => GoValue): TemplateFunction =>
  takes(['any'], ([list], context) => call(spent(list, context), context));

function spent(list: GoValue, context: FunctionContext): readonly GoValue[] {
  const items = itemsIn(list);
  context.spend(items.length);
  return items;
}

const list = takesMore([], 'any', (values) => [...values]);
const append = takes(['any', 'any'], ([items, value], context) => [...spent(items, context), value]);
const prepend = takes(['any', 'any'], ([items, value], context) => [value, ...spent(items, context)]);
const first = ofList((items) => items[0]);
const last = ofList((items) => items.at(-1));
const rest = ofList((items) => (items.length === 0 ? NIL_LIST : items.slice(1)));
const initial = ofList((items) => (items.length === 0 ? NIL_LIST : items.slice(0, -1)));
const reverse = ofList((items) => items.toReversed());
const compact = ofList((items) => items.filter((item) => !isBlank(item)));
const uniq = ofList((items, context) => distinct(items, context));
const without = takesMore(['any'], 'any', ([items, ...omitted], context) =>
  spent(items, context).filter((item) => !isAmong(omitted, item, context)),
);
const has = takes(['any', 'any'], ([value, items], context) =>
  items === undefined || items === null ? false : isAmong(spent(items, context), value, context),
);
const slice = takesMore(['any'], 'any', ([items, ...indexes]) => part(items, indexes.map(toWhole)));
const chunk = takes(['int', 'any'], ([size, items], context) =>
  chunks(spent(items, context), Number(size.value)),
);

/** The `must` of a name stands for an error where the other panics; either is one to a template. */
export const SPRIG_LIST: Family<'sprigList'> = {
  sprig_list: list,
  sprig_tuple: list,
  sprig_append: append,
  sprig_push: append,
  sprig_mustAppend: append,
  sprig_mustPush: append,
  sprig_prepend: prepend,
  sprig_mustPrepend: prepend,
  sprig_first: first,
  sprig_mustFirst: first,
  sprig_last: last,
  sprig_mustLast: last,
  sprig_rest: rest,
  sprig_mustRest: rest,
  sprig_initial: initial,
  sprig_mustInitial: initial,
  sprig_reverse: reverse,
  sprig_mustReverse: reverse,
  sprig_compact: compact,
  sprig_mustCompact: compact,
  sprig_uniq: uniq,
  sprig_mustUniq: uniq,
  sprig_without: without,
  sprig_mustWithout: without,
  sprig_has: has,
  sprig_mustHas: has,
  sprig_slice: slice,
  sprig_mustSlice: slice,
  sprig_chunk: chunk,
  sprig_mustChunk: chunk,
  sprig_concat: takesMore([], 'any', (lists, context) => {
    const items = lists.flatMap((one) => spent(one, context));
    return items.length === 0 ? NIL_LIST : items;
  }),
};

function isAmong(items: readonly GoValue[], value: GoValue, context: FunctionContext): boolean {
  context.spend(items.length * countValues(value));
  return items.some((item) => isDeepEqual(item, value));
}

/** Each value once, where it comes first. Plain ones are known by their look, so that only the others are compared one by one. */
function distinct(items: readonly GoValue[], context: FunctionContext): readonly GoValue[] {
  const looks = new Set<string>();
  const others: GoValue[] = [];
  return items.filter((item) => {
    const look = lookOf(item);
    if (look === undefined) return !isAmong(others, item, context) && others.push(item) > 0;
    const isNew = !looks.has(look);
    looks.add(look);
    return isNew;
  });
}

function lookOf(value: GoValue): string | undefined {
  if (isText(value)) return `${typeName(value)} ${textOf(value)}`;
  if (value instanceof Integer) return `${value.type} ${value.value}`;
  return typeof value === 'boolean' ? String(value) : undefined;
}

function part(value: GoValue, [start = 0n, end]: readonly bigint[]): GoValue {
  const items = itemsIn(value);
  if (items.length === 0) return undefined;
  const to = end ?? BigInt(items.length);
  if (start < 0n || start > to || to > BigInt(items.length)) throw new Fault('an index is out of range');
  const range = [Number(start), Number(to)] as const;
  return sliceOf(value, ...range);
}

function chunks(items: readonly GoValue[], size: number): TypedList {
  if (size <= 0) throw new Fault('the size of a chunk is not positive');
  const count = Math.ceil(items.length / size);
  const parts = Array.from({ length: count }, (_none, index) =>
    items.slice(index * size, (index + 1) * size),
  );
  return new TypedList('[][]interface {}', parts);
}
