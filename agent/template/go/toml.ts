import { JsonNumber } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { numberOf } from './number.ts';
import { sortedEntries } from './order.ts';
import {
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

/** TOML as BurntSushi's encoder writes it: plain keys before tables, two spaces for each level of a table. */
export function toToml(value: GoValue): string {
  if (value === undefined || value === null) throw new Fault('nothing cannot be written as TOML');
  if (isMap(value)) return value === NIL_MAP ? '' : table([], value);
  if (value instanceof Structure && value.fields === undefined) return '';
  if (tablesOf(value) !== undefined) throw new Fault('a list of tables needs a key in TOML');
  return element(value);
}

type Key = readonly string[];

const indentOf = (key: Key): string => '  '.repeat(Math.max(key.length - 1, 0));

const headerOf = (key: Key): string => key.map(keyText).join('.');

function table(key: Key, map: GoMap): string {
  const entries = sortedEntries(map).filter(([, item]) => !isAbsent(item));
  const plain = entries.filter((entry) => !isSub(entry));
  const lines = plain.map(
    ([name, item]) => `${indentOf([...key, name])}${keyText(name)} = ${element(item)}\n`,
  );
  const tables = entries.filter(isSub).map(([name, item]) => subTable([...key, name], item));
  return lines.join('') + tables.join('');
}

const isSub = ([, item]: readonly [string, GoValue]): boolean => isMap(item) || tablesOf(item) !== undefined;

/** A blank line goes before a table of the first level and before each table of a list. */
function subTable(key: Key, item: GoValue): string {
  if (isMap(item)) {
    return `${key.length === 1 ? '\n' : ''}${indentOf(key)}[${headerOf(key)}]\n${table(key, item)}`;
  }
  const tables = tablesOf(item) ?? [];
  return tables.map((one) => `\n${indentOf(key)}[[${headerOf(key)}]]\n${table(key, one)}`).join('');
}

const isAbsent = (item: GoValue): boolean =>
  item === undefined || item === null || item === NIL_MAP || isNilList(item);

/** The items of a list that holds nothing but tables. */
function tablesOf(value: GoValue): readonly GoMap[] | undefined {
  const items = itemsOf(value) ?? [];
  if (items.some(isAbsent)) throw new Fault('TOML has no nil in a list');
  const maps = items.filter(isMap);
  for (const item of items) tablesOf(item);
  return maps.length > 0 && maps.length === items.length ? maps : undefined;
}

function element(value: GoValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return number(numberOf(value));
  if (value instanceof Integer || value instanceof Float) return number(value);
  if (isMap(value)) return inline(value);
  const items = itemsOf(value);
  if (items === undefined) throw new Fault(`type ${typeName(value)} cannot be written as TOML`);
  return `[${items.map(element).join(', ')}]`;
}

/** Maps go last. After an entry there is a comma unless it is the last one, though what follows may be left out. */
function inline(map: GoMap): string {
  const entries = sortedEntries(map);
  const sorted = [
    ...entries.filter(([, item]) => !isMap(item)),
    ...entries.filter(([, item]) => isMap(item)),
  ];
  const parts = sorted.map(([name, item], index) => {
    if (isAbsent(item)) return '';
    return `${keyText(name)} = ${element(item)}${index < sorted.length - 1 ? ', ' : ''}`;
  });
  return `{${parts.join('')}}`;
}

function number(value: Integer | Float | string): string {
  if (typeof value === 'string') throw new Fault('a number is out of range');
  if (value instanceof Integer) return String(value.value);
  if (Number.isNaN(value.value)) return 'nan';
  if (!Number.isFinite(value.value)) return value.value > 0 ? '+inf' : '-inf';
  const digits = plainDecimal(value.value);
  return digits.includes('.') ? digits : `${digits}.0`;
}

/** The shortest digits of a double without an exponent. */
function plainDecimal(value: number): string {
  const [mantissa = '', exponent = '0'] = String(Object.is(value, -0) ? '-0' : value).split('e');
  if (exponent === '0') return mantissa;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const shift = Number(exponent);
  if (shift > 0) return sign + whole + fraction.padEnd(shift, '0');
  return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function quoted(text: string): string {
  const body = text.replaceAll(
    /["\\]|(?=\p{ASCII})\p{Cc}/gu,
    (found) => SHORT[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${body}"`;
}

const keyText = (key: string): string => (/^[\w-]+$/u.test(key) ? key : quoted(key));
