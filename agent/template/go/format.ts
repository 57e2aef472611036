import { JsonNumber } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { formatFloat } from './format-float.ts';
import { formatInteger } from './format-integer.ts';
import { formatString } from './format-string.ts';
import { sortedAnyEntries, sortedEntries } from './order.ts';
import { pad, PLAIN, type Spec } from './spec.ts';
import {
  AnyMap,
  Float,
  type GoMap,
  type GoValue,
  Integer,
  isMap,
  isNilList,
  isText,
  itemsOf,
  NIL_MAP,
  Structure,
  textOf,
  typeName,
} from './value.ts';

const NIL = '<nil>';

/** A value under one verb, as Go's `fmt` prints it. */
export function format(value: GoValue, spec: Spec): string {
  if (value === undefined || value === null) return formatNil(spec);
  if (spec.verb === 'T') return formatString(typeName(value), { ...spec, verb: 's' }) ?? '';
  if (value instanceof Structure) return formatPointer(value, spec);
  if (spec.verb === 'p' && (isMap(value) || itemsOf(value) !== undefined)) throw address(value);
  return formatValue(value, spec);
}

/** What `{{ value }}` puts into the text: as `%v`, but a missing value shows as such, and a struct without its `&`. */
export function display(value: GoValue): string {
  if (value === undefined) return '<no value>';
  if (value instanceof Structure && value.fields !== undefined) return formatFields(value.fields, PLAIN);
  return format(value, PLAIN);
}

const plain = (value: GoValue): string => format(value, PLAIN);

/** `print`: spaces only between two operands of which neither is a string. */
export function print(values: readonly GoValue[], show = plain): string {
  return values
    .map((value, index) => {
      const previous = values[index - 1];
      const spaced = index > 0 && !isText(value) && !isText(previous);
      return (spaced ? ' ' : '') + show(value);
    })
    .join('');
}

/** `println`. */
export function printLine(values: readonly GoValue[]): string {
  return `${values.map(plain).join(' ')}\n`;
}

function formatNil(spec: Spec): string {
  return spec.verb === 'v' || spec.verb === 'T' ? pad(NIL, spec) : `%!${spec.verb}(${NIL})`;
}

function formatValue(value: GoValue, spec: Spec): string {
  if (isMap(value)) return formatMap(value, sortedEntries(value), spec);
  if (value instanceof AnyMap) return formatMap(value, sortedAnyEntries(value), spec);
  const items = itemsOf(value);
  if (items !== undefined && spec.goSyntax && isNilList(value)) return `${typeName(value)}(nil)`;
  if (items !== undefined) return formatItems(typeName(value), items, spec);
  const text = formatScalar(value, spec);
  if (text !== undefined) return text;
  const shown = formatScalar(value, { ...spec, verb: 'v' }) ?? '';
  return `%!${spec.verb}(${typeName(value)}=${shown})`;
}

/** Undefined if the verb is not one of the value's type. */
function formatScalar(value: GoValue, spec: Spec): string | undefined {
  if (value instanceof Integer) return formatInteger(value, spec);
  if (value instanceof Float) return formatFloat(value.value, spec);
  if (value instanceof JsonNumber || typeof value === 'string') return formatString(textOf(value), spec);
  if (typeof value !== 'boolean') throw address(value);
  return spec.verb === 'v' || spec.verb === 't' ? pad(String(value), spec) : undefined;
}

function formatMap(map: GoMap | AnyMap, items: Entries, spec: Spec): string {
  const entries = items.map(([key, item]) => `${formatItem(key, spec)}:${formatItem(item, spec)}`);
  if (!spec.goSyntax) return `map[${entries.join(' ')}]`;
  return map === NIL_MAP ? `${typeName(map)}(nil)` : `${typeName(map)}{${entries.join(', ')}}`;
}

type Entries = readonly (readonly [GoValue, GoValue])[];

function formatItems(type: string, items: readonly GoValue[], spec: Spec): string {
  const texts = items.map((item) => formatItem(item, spec));
  return spec.goSyntax ? `${type}{${texts.join(', ')}}` : `[${texts.join(' ')}]`;
}

/** Inside a list, map or struct a nil shows as such under every verb. */
function formatItem(item: GoValue, spec: Spec): string {
  if (item === undefined || item === null) return spec.goSyntax ? 'interface {}(nil)' : NIL;
  if (!(item instanceof Structure)) return formatValue(item, spec);
  if (item.isPointer && item.fields !== undefined) throw address(item);
  return formatPointer(item, spec);
}

function formatPointer({ fields, isPointer }: Structure, spec: Spec): string {
  if (fields === undefined && spec.verb === 'v' && !spec.goSyntax) return pad(NIL, spec);
  if (fields === undefined || spec.goSyntax || spec.verb === 'p')
    throw new Fault(`the verb %${spec.verb} is not supported here`);
  return (isPointer ? '&' : '') + formatFields(fields, spec);
}

/** Go would show where in its memory the value is, which is another place each time. */
const address = (value: GoValue): Fault =>
  new Fault(`type ${typeName(value)} has no text; take a field or an item of it`);

function formatFields(fields: GoMap, spec: Spec): string {
  const texts = [...fields].map(
    ([name, item]) => (spec.fieldNames ? `${name}:` : '') + formatItem(item, spec),
  );
  return `{${texts.join(' ')}}`;
}
