import { encodeText } from '#contract/template/bytes.ts';
import { JsonNumber } from '../../value/value.ts';
import { Fault } from '../error.ts';
import { format } from './format.ts';
import { numberOf } from './number.ts';
import { PLAIN } from './spec.ts';
import { AnyMap, Float, type GoValue, Integer, isMap, itemsOf, Structure, typeName } from './value.ts';
import { compareAnyYamlKeys } from './yaml-key.ts';
import { isStringWhenPlain } from './yaml-resolve.ts';
import { isSimpleKey, type Place, scalarText } from './yaml-scalar.ts';

/** YAML as version 2 of `gopkg.in/yaml` writes it: lines are wrapped after 80 columns, a list is not indented in a map. */
export function toYaml(value: GoValue): string {
  return node(value, { indent: -2, column: 0, isKey: false });
}

/** A value from a column on; what stands on further lines is indented more than the parent. */
function node(value: GoValue, place: Place): string {
  const entries = entriesOf(value);
  if (entries !== undefined) return entries.length === 0 ? '{}' : mapping(entries, place.indent + 2);
  const items = itemsOf(value);
  if (items !== undefined) return items.length === 0 ? '[]' : sequence(items, place.indent + 2);
  return scalar(value, place);
}

type Entries = readonly (readonly [GoValue, GoValue])[];

function entriesOf(value: GoValue): Entries | undefined {
  if (value instanceof Structure && value.fields !== undefined) {
    return [...value.fields].map(([name, item]) => [name.toLowerCase(), item]);
  }
  if (value instanceof AnyMap) return sorted(value.entries());
  return isMap(value) ? sorted([...value]) : undefined;
}

const sorted = (entries: Entries): Entries =>
  entries.toSorted(([left], [right]) => compareAnyYamlKeys(left, right));

function mapping(entries: Entries, indent: number): string {
  const lines = entries.map(([name, item]) => {
    if (typeof name === 'string' && !isSimpleKey(name)) return complexEntry(name, item, indent);
    const key = scalar(name, { indent, column: indent, isKey: true });
    return `${key}:${mapped(item, indent, indent + key.length + 2)}`;
  });
  return lines.join(lineBreak(indent));
}

/** A key that is long or has several lines stands for itself, and what belongs to it below. */
function complexEntry(name: string, item: GoValue, indent: number): string {
  const place = { indent, column: indent + 2, isKey: false };
  return `? ${stringText(name, place)}${lineBreak(indent)}: ${node(item, place)}`;
}

const lineBreak = (indent: number): string => `\n${' '.repeat(indent)}`;

/** A collection that is not empty begins on the next line, a list at the indentation of the map. */
function mapped(item: GoValue, indent: number, column: number): string {
  if ((entriesOf(item)?.length ?? 0) > 0)
    return lineBreak(indent + 2) + node(item, { indent, column: 0, isKey: false });
  const items = itemsOf(item) ?? [];
  if (items.length > 0) return lineBreak(indent) + sequence(items, indent);
  return ` ${node(item, { indent, column, isKey: false })}`;
}

function sequence(items: readonly GoValue[], indent: number): string {
  const lines = items.map((item) => `- ${node(item, { indent, column: indent + 2, isKey: false })}`);
  return lines.join(lineBreak(indent));
}

function scalar(value: GoValue, place: Place): string {
  if (value === undefined || value === null || value instanceof Structure) return 'null';
  if (typeof value === 'boolean') return String(value);
  const known = value instanceof JsonNumber ? numberOf(value) : value;
  if (known instanceof Integer) return String(known.value);
  if (known instanceof Float) return floatText(known);
  if (typeof known !== 'string') throw new Fault(`type ${typeName(value)} cannot be written as YAML`);
  return stringText(known, place);
}

function floatText(float: Float): string {
  if (Number.isNaN(float.value)) return '.nan';
  if (!Number.isFinite(float.value)) return float.value > 0 ? '.inf' : '-.inf';
  return format(float, { ...PLAIN, verb: 'g' });
}

/** Text that is not UTF-8 is written as base64; what would be read as another type is quoted. */
function stringText(text: string, place: Place): string {
  if (text.isWellFormed()) return scalarText(text, isStringWhenPlain(text) ? 'string' : 'other', place);
  const lines =
    encodeText(text)
      .toString('base64')
      .match(/.{1,70}/gu) ?? [];
  const tagged = lines.length > 1 ? `${lines.join('\n')}\n` : lines.join('');
  return `!!binary ${scalarText(tagged, 'string', { ...place, column: place.column + '!!binary '.length })}`;
}
