import { Fault } from '../error.ts';
import { compareText } from './order.ts';
import {
  Channel,
  Float,
  type GoValue,
  Integer,
  isMapOfAny,
  isNilList,
  isText,
  itemsOf,
  NIL_MAP,
  Scratch,
  Structure,
  textOf,
  typeName,
} from './value.ts';

/** Whether two values are equal. Go refuses to compare values of different kinds, and maps and lists but with nil. */
export function equal(left: GoValue, right: GoValue): boolean {
  if (isNothing(left) || isNothing(right)) return isNil(left) && isNil(right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right;
  const order = compareBasic(left, right);
  if (order !== undefined) return order === 0;
  return isSame(left, right);
}

function isSame(left: GoValue, right: GoValue): boolean {
  const kind = referenceKind(left);
  if (kind === undefined || kind !== referenceKind(right)) throw incompatible(left, right);
  if (isNil(left) || isNil(right)) return isNil(left) && isNil(right);
  if (kind === 'map' || kind === 'list') throw incompatible(left, right);
  return left === right;
}

/** Whether the first value sorts before the second. */
export function less(left: GoValue, right: GoValue): boolean {
  if (isUnordered(left) || isUnordered(right)) throw new Fault('only numbers and strings have an order');
  const order = compareBasic(left, right);
  if (order === undefined) throw incompatible(left, right);
  return order < 0;
}

const isNothing = (value: GoValue): boolean => value === undefined || value === null;

function isNil(value: GoValue): boolean {
  if (value instanceof Structure) return value.fields === undefined;
  return isNothing(value) || value === NIL_MAP || isNilList(value);
}

/** What is compared by its identity, if it can be compared at all. */
function referenceKind(value: GoValue): 'pointer' | 'channel' | 'map' | 'list' | undefined {
  if (value instanceof Structure) return value.isPointer ? 'pointer' : undefined;
  if (value instanceof Scratch) return 'pointer';
  if (value instanceof Channel) return 'channel';
  if (isMapOfAny(value)) return 'map';
  return itemsOf(value) === undefined ? undefined : 'list';
}

const isUnordered = (value: GoValue): boolean =>
  !(isText(value) || value instanceof Integer || value instanceof Float);

/** Negative, zero or positive; NaN for doubles that have no order; undefined if the kinds differ or have none. */
function compareBasic(left: GoValue, right: GoValue): number | undefined {
  if (isText(left) && isText(right)) return compareText(textOf(left), textOf(right));
  if (left instanceof Float && right instanceof Float) return compareFloats(left.value, right.value);
  if (!(left instanceof Integer) || !(right instanceof Integer)) return undefined;
  return Number(left.value > right.value) - Number(left.value < right.value);
}

function compareFloats(left: number, right: number): number {
  return Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : Number(left > right) - Number(left < right);
}

function incompatible(left: GoValue, right: GoValue): Fault {
  return new Fault(`${typeName(left)} and ${typeName(right)} cannot be compared`);
}
