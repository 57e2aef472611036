import { readNumber } from '#contract/template/number.ts';
import { JsonNumber } from '../../../value/value.ts';
import { Fault } from '../../error.ts';
import { format } from '../../go/format.ts';
import { isEmpty } from '../../go/merge.ts';
import { PLAIN } from '../../go/spec.ts';
import {
  AnyMap,
  Float,
  type GoMap,
  type GoValue,
  Integer,
  isMap,
  isMapOfAny,
  isNilList,
  isText,
  itemsOf,
  NIL_MAP,
  Structure,
  textOf,
  typeName,
} from '../../go/value.ts';
import { parseDouble } from '../parse.ts';

/** What Sprig makes of any value: it converts where Vault Agent's own functions refuse. */
export const toText = (value: GoValue): string => (isText(value) ? textOf(value) : format(value, PLAIN));

/** The nearest whole number towards zero; 0 for what is none. */
export function toWhole(value: GoValue): bigint {
  if (value instanceof Integer) return BigInt.asIntN(64, value.value);
  if (value instanceof Float) return wholeOf(value.value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (!isText(value)) return 0n;
  const literal = readNumber(textOf(value).replace(/\.0+$/u, ''));
  return typeof literal === 'object' && !literal.isFloat ? (literal.integer ?? 0n) : 0n;
}

/** Beyond 64 bits it is the least number, as on the processors of servers. */
function wholeOf(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

export function toDouble(value: GoValue): number {
  if (value instanceof Float) return value.value;
  if (value instanceof Integer) return Number(value.value);
  if (typeof value === 'boolean') return Number(value);
  if (!isText(value)) return 0;
  try {
    return parseDouble(textOf(value));
  } catch (error) {
    if (error instanceof Fault) return 0;
    throw error;
  }
}

/** The items of a list. Throws Fault if the value is none. */
export function itemsIn(value: GoValue): readonly GoValue[] {
  const items = itemsOf(value);
  if (items === undefined) throw new Fault(`type ${typeName(value)} is no list`);
  return items;
}

export const isBlank = (value: GoValue): boolean =>
  isEmpty(value) || (value instanceof Structure && value.fields === undefined);

/** `reflect.Kind`. */
export function kindOf(value: GoValue): string {
  if (value === undefined || value === null) return 'invalid';
  if (value instanceof JsonNumber) return 'string';
  if (isMapOfAny(value)) return 'map';
  if (itemsOf(value) !== undefined) return 'slice';
  if (value instanceof Structure) return value.isPointer ? 'ptr' : 'struct';
  return KINDS.get(typeName(value)) ?? typeName(value);
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['<-chan int64', 'chan'],
  ['*template.Scratch', 'ptr'],
]);

/** Of the same type and, all the way down, of the same content. */
export function isDeepEqual(left: GoValue, right: GoValue): boolean {
  const kind = kindOf(left);
  if (kind === 'invalid' || kind !== kindOf(right)) return kind === kindOf(right);
  // What was never made equals nothing that was, be it as empty.
  if (typeName(left) !== typeName(right) || isNeverMade(left) !== isNeverMade(right)) return false;
  return hasSameContent(left, right);
}

function hasSameContent(left: GoValue, right: GoValue): boolean {
  if (isMap(left) && isMap(right)) return hasSameEntries(left, right);
  if (left instanceof AnyMap && right instanceof AnyMap) return hasSameKeys(left, right);
  const [items, others] = [itemsOf(left), itemsOf(right)];
  return items === undefined || others === undefined
    ? isSameScalar(left, right)
    : hasSameItems(items, others);
}

const isNeverMade = (value: GoValue): boolean => value === NIL_MAP || isNilList(value);

function isSameScalar(left: GoValue, right: GoValue): boolean {
  if (isText(left) && isText(right)) return textOf(left) === textOf(right);
  if (left instanceof Integer && right instanceof Integer) return left.value === right.value;
  return left instanceof Float && right instanceof Float ? left.value === right.value : left === right;
}

function hasSameEntries(left: GoMap, right: GoMap): boolean {
  return (
    left.size === right.size &&
    [...left].every(([key, item]) => right.has(key) && isDeepEqual(item, right.get(key)))
  );
}

const hasSameKeys = (left: AnyMap, right: AnyMap): boolean =>
  left.size === right.size &&
  left.entries().every(([key, item]) => right.has(key) && isDeepEqual(item, right.get(key)));

function hasSameItems(items: readonly GoValue[], others: readonly GoValue[]): boolean {
  return items.length === others.length && items.every((item, index) => isDeepEqual(item, others[index]));
}
