import { JsonNumber } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { sortedEntries } from './order.ts';
import {
  AnyMap,
  Float,
  type GoMap,
  type GoValue,
  Integer,
  isMap,
  isNilList,
  itemsOf,
  NIL_MAP,
  Structure,
  typeName,
} from './value.ts';

export interface JsonStyle {
  /** Writes `<`, `>` and `&` as `\u00XX`, as Go does unless told otherwise. */
  readonly escapeHtml: boolean;
  /** Two spaces a level. */
  readonly pretty: boolean;
}

const HTML = /[<>&\u2028\u2029]/gu;
const SEPARATORS = /[\u2028\u2029]/gu;

/** JSON as Go's `encoding/json` writes it: keys sorted by bytes, numbers out of JSON verbatim. */
export function toJson(value: GoValue, style: JsonStyle, indent = '\n'): string {
  if (isNull(value)) return 'null';
  if (typeof value === 'string') return jsonString(value, style);
  if (value instanceof JsonNumber) return value.token;
  if (value instanceof Float) return jsonFloat(value.value);
  if (value instanceof Integer) return String(value.value);
  if (typeof value === 'boolean') return String(value);
  return jsonCollection(value, style, indent);
}

const isNull = (value: GoValue): boolean => value === undefined || value === null || value === NIL_MAP;

function jsonStructure({ fields }: Structure, style: JsonStyle, indent: string): string {
  return fields === undefined ? 'null' : jsonObject([...fields], style, indent);
}

function jsonCollection(value: GoValue, style: JsonStyle, indent: string): string {
  if (value instanceof Structure) return jsonStructure(value, style, indent);
  if (isMap(value)) return jsonObject(sortedEntries(value), style, indent);
  if (value instanceof AnyMap) return jsonObject(sortedEntries(namedEntries(value)), style, indent);
  const items = itemsOf(value);
  if (items === undefined) throw new Fault(`type ${typeName(value)} cannot be written as JSON`);
  if (isNilList(value)) return 'null';
  const deeper = `${indent}  `;
  return enclose(
    '[]',
    items.map((item) => toJson(item, style, deeper)),
    style,
    indent,
  );
}

/** Numbers without a fraction are names, too; nothing else but texts is. */
function namedEntries(map: AnyMap): GoMap {
  const entries = map.entries().map(([key, item]): [string, GoValue] => {
    if (typeof key !== 'string' && !(key instanceof Integer))
      throw new Fault(`a key of type ${typeName(key)} cannot be one of JSON`);
    return [typeof key === 'string' ? key : String(key.value), item];
  });
  const named = new Map(entries);
  if (named.size < map.size) throw new Fault('a number and a text are the same key of JSON');
  return named;
}

function jsonObject(
  entries: readonly (readonly [string, GoValue])[],
  style: JsonStyle,
  indent: string,
): string {
  const deeper = `${indent}  `;
  const colon = style.pretty ? ': ' : ':';
  const members = entries.map(([key, item]) => jsonString(key, style) + colon + toJson(item, style, deeper));
  return enclose('{}', members, style, indent);
}

function enclose(
  brackets: '[]' | '{}',
  parts: readonly string[],
  { pretty }: JsonStyle,
  indent: string,
): string {
  const [open, close] = brackets;
  if (!pretty || parts.length === 0) return `${open}${parts.join(',')}${close}`;
  return `${open}${indent}  ${parts.join(`,${indent}  `)}${indent}${close}`;
}

/** Bytes that are not UTF-8 become U+FFFD. */
function jsonString(text: string, { escapeHtml }: JsonStyle): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(escapeHtml ? HTML : SEPARATORS, escapeUnit);
}

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Both languages write the shortest digits in the notation of ECMAScript; Go alone keeps the sign of zero. */
function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new Fault('infinity and NaN cannot be written as JSON');
  return Object.is(value, -0) ? '-0' : String(value);
}
