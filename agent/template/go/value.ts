import { JsonNumber } from '../../value/value.ts';

/**
 * A value in a template, with the type Go would give it, for Go prints, compares and refuses by type.
 * `null` is a nil found in data, `undefined` no value at all: fields may be taken of the latter but not of the former.
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | string
  | JsonNumber
  | Integer
  | Float
  | StringList
  | TypedList
  | Structure
  | Channel
  | Scratch
  | readonly GoValue[]
  | AnyMap
  | GoMap;

/** `map[string]interface {}`. */
export type GoMap = ReadonlyMap<string, GoValue>;

export type IntegerType = 'int' | 'int64' | 'uint64' | 'uint8';

export class Integer {
  readonly value: bigint;
  readonly type: IntegerType;

  constructor(value: bigint | number, type: IntegerType = 'int') {
    this.value = BigInt(value);
    this.type = type;
  }

  get signed(): boolean {
    return this.type === 'int' || this.type === 'int64';
  }
}

/** `float64`. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** `[]string`, which Go keeps apart from a list out of JSON (`join` takes only the former). */
export class StringList {
  readonly items: readonly string[];
  readonly isNil: boolean;

  constructor(items: readonly string[] | undefined) {
    this.items = items ?? [];
    this.isNil = items === undefined;
  }
}

/** A list of another type than those out of JSON: `[]int` or `[][]interface {}`. */
export class TypedList {
  readonly type: '[]int' | '[][]interface {}';
  readonly items: readonly GoValue[];

  constructor(type: TypedList['type'], items: readonly GoValue[]) {
    this.type = type;
    this.items = items;
  }
}

/** A struct, or a pointer to one (`*` in its type): its exported fields in order, or none if it is nil. */
export class Structure {
  readonly type: string;
  readonly fields: GoMap | undefined;
  /** The method that gives the struct itself, if it has one. */
  readonly self: string | undefined;

  constructor(type: string, fields: GoMap | undefined, self?: string) {
    this.type = type;
    this.fields = fields;
    this.self = self;
  }

  get isPointer(): boolean {
    return this.type.startsWith('*');
  }
}

/** `map[string]string`: what it does not hold is an empty string. */
export class TextMap extends Map<string, string> {}

/** `map[interface {}]interface {}`, which YAML is read as: its keys are of any type but lists and maps. */
export class AnyMap {
  readonly #entries = new Map<string, readonly [GoValue, GoValue]>();

  get size(): number {
    return this.#entries.size;
  }

  set(key: GoValue, value: GoValue): void {
    this.#entries.set(identityOf(key), [key, value]);
  }

  has(key: GoValue): boolean {
    return this.#entries.has(identityOf(key));
  }

  /** Nil if there is none. */
  get(key: GoValue): GoValue {
    return this.#entries.get(identityOf(key))?.[1] ?? null;
  }

  /** In no order. */
  entries(): readonly (readonly [GoValue, GoValue])[] {
    return [...this.#entries.values()];
  }
}

/** A number and a text that look alike are two keys. */
function identityOf(key: GoValue): string {
  const text = isText(key)
    ? textOf(key)
    : JSON.stringify(key instanceof Integer ? String(key.value) : (key ?? null));
  return `${typeName(key)} ${text}`;
}

/** What `loop` gives: integers that can be received once. */
export class Channel {
  next: bigint;
  readonly end: bigint;

  constructor(next: bigint, end: bigint) {
    this.next = next;
    this.end = end;
  }
}

/** Values that a template puts aside by name. */
export class Scratch {
  readonly values = new Map<string, GoValue>();
}

/** A list that was never made: prints and counts as an empty one, but is `null` in JSON, and equals nil. */
export const NIL_LIST: readonly GoValue[] = [];

/** A map that was never made: prints and counts as an empty one, but is `null` in JSON. */
export const NIL_MAP: GoMap = new Map();

export const isMap = (value: GoValue): value is GoMap => value instanceof Map;

/** A map, whatever its keys. */
export const isMapOfAny = (value: GoValue): value is GoMap | AnyMap =>
  isMap(value) || value instanceof AnyMap;

/** The item at a key; nil, or the zero of the map's type, if there is none. */
export const itemOf = (map: GoMap, key: string): GoValue =>
  map.get(key) ?? (map instanceof TextMap ? '' : null);

export const isList = (value: GoValue): value is readonly GoValue[] => Array.isArray(value);

/** Text by kind: a string, or a number out of JSON. */
export const isText = (value: GoValue): value is string | JsonNumber =>
  typeof value === 'string' || value instanceof JsonNumber;

export const textOf = (value: string | JsonNumber): string =>
  typeof value === 'string' ? value : value.token;

/** The items of a list of any type; undefined if the value is no list. */
export function itemsOf(value: GoValue): readonly GoValue[] | undefined {
  if (value instanceof StringList || value instanceof TypedList) return value.items;
  return isList(value) ? value : undefined;
}

export const isNilList = (value: GoValue): boolean =>
  value === NIL_LIST || (value instanceof StringList && value.isNil);

/** Some of the items, as a list of the same type. */
export function sliceOf(value: GoValue, from: number, to: number): GoValue {
  if (value instanceof StringList) return new StringList(value.items.slice(from, to));
  if (value instanceof TypedList) return new TypedList(value.type, value.items.slice(from, to));
  return itemsOf(value)?.slice(from, to);
}

/** The name of the type, as Go prints it. */
export function typeName(value: GoValue): string {
  if (value === undefined || value === null) return 'interface {}';
  if (value instanceof Integer || value instanceof Structure || value instanceof TypedList) return value.type;
  if (isText(value)) return typeof value === 'string' ? 'string' : 'json.Number';
  if (typeof value === 'boolean') return 'bool';
  return value instanceof Float ? 'float64' : collectionType(value);
}

function collectionType(value: Exclude<GoValue, undefined | null | boolean | string>): string {
  if (value instanceof Channel) return '<-chan int64';
  if (value instanceof Scratch) return '*template.Scratch';
  if (value instanceof StringList) return '[]string';
  if (value instanceof TextMap) return 'map[string]string';
  if (value instanceof AnyMap) return 'map[interface {}]interface {}';
  return isMap(value) ? 'map[string]interface {}' : '[]interface {}';
}

/** What `if`, `with`, `and`, `or` and `not` go by: everything that is not the zero of its type. */
export function isTrue(value: GoValue): boolean {
  if (isMapOfAny(value)) return value.size > 0;
  if (value instanceof Integer) return value.value !== 0n;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Structure) return value.fields !== undefined;
  if (value instanceof Channel || value instanceof Scratch) return true;
  if (isText(value)) return textOf(value) !== '';
  return itemsOf(value) === undefined ? value === true : itemsOf(value)?.length !== 0;
}
