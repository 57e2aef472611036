import { decodeBytes, encodeText } from '#contract/template/bytes.ts';
import { Fault } from '../../error.ts';
import { quote } from '../../go/format-string.ts';
import { format } from '../../go/format.ts';
import { compareText } from '../../go/order.ts';
import { beginsWith, endsWith, holds, splitText } from '../../go/search.ts';
import { PLAIN } from '../../go/spec.ts';
import { type GoValue, type Integer, itemsOf, StringList, TextMap } from '../../go/value.ts';
import { CASE, toLower, toTitleLetter } from '../case.ts';
import { type Family, type FunctionContext, takes, takesMore } from '../signature.ts';
import { TEXT } from '../text.ts';
import { itemsIn, toText } from './cast.ts';

const trimAll = TEXT.trim;

export const SPRIG_TEXT: Family<'sprigText'> = {
  sprig_hello: takes([], () => 'Hello!'),
  sprig_trim: TEXT.trimSpace,
  sprig_trimAll: trimAll,
  sprig_trimall: trimAll,
  sprig_trimPrefix: TEXT.trimPrefix,
  sprig_trimSuffix: TEXT.trimSuffix,
  sprig_upper: CASE.toUpper,
  sprig_lower: CASE.toLower,
  sprig_title: takes(['string'], ([text]) => text.toWellFormed().replaceAll(WORD_START, toTitleLetter)),
  sprig_untitle: takes(['string'], ([text]) =>
    text.toWellFormed().replaceAll(/(?<=^|\p{White_Space})\P{White_Space}/gsu, toLower),
  ),
  sprig_nospace: takes(['string'], ([text]) => withoutSpaces(text)),
  sprig_replace: TEXT.replaceAll,
  sprig_repeat: takes(['int', 'string'], ([count, text], context) => repeat(text, count, context)),
  sprig_substr: takes(['int', 'int', 'string'], ([start, end, text]) => substring(text, start, end)),
  sprig_trunc: takes(['int', 'string'], ([count, text]) => truncate(text, Number(count.value))),
  sprig_contains: takes(['string', 'string'], ([part, text]) => holds(text, part)),
  sprig_hasPrefix: takes(['string', 'string'], ([prefix, text]) => beginsWith(text, prefix)),
  sprig_hasSuffix: takes(['string', 'string'], ([suffix, text]) => endsWith(text, suffix)),
  sprig_quote: takesMore([], 'any', (values) =>
    present(values)
      .map((value) => quote(toText(value), '"', false))
      .join(' '),
  ),
  sprig_squote: takesMore([], 'any', (values) =>
    present(values)
      .map((value) => `'${format(value, PLAIN)}'`)
      .join(' '),
  ),
  sprig_cat: takesMore([], 'any', (values) =>
    present(values)
      .map((value) => format(value, PLAIN))
      .join(' '),
  ),
  sprig_indent: takes(['int', 'string'], ([spaces, text], context) => indent(text, spaces, context)),
  sprig_nindent: takes(['int', 'string'], ([spaces, text], context) => `\n${indent(text, spaces, context)}`),
  sprig_plural: takes(['string', 'string', 'int'], ([one, many, { value }]) => (value === 1n ? one : many)),
  sprig_toString: takes(['any'], ([value]) => toText(value)),
  sprig_toStrings: takes(['any'], ([value]) => new StringList(texts(value))),
  sprig_join: takes(['string', 'any'], ([separator, list], context) => {
    const parts = texts(list);
    context.spend((parts.length * separator.length) / 16);
    return parts.join(separator);
  }),
  sprig_sortAlpha: takes(
    ['any'],
    ([list]) =>
      new StringList(itemsOf(list) === undefined ? [toText(list)] : texts(list).toSorted(compareText)),
  ),
  sprig_splitList: takes(['string', 'string'], ([separator, text], context) => {
    context.spend(text.length);
    return new StringList(splitText(text, separator));
  }),
  sprig_split: takes(['string', 'string'], ([separator, text], context) => {
    context.spend(text.length);
    return numbered(splitText(text, separator));
  }),
  sprig_splitn: takes(['string', 'int', 'string'], ([separator, most, text], context) => {
    context.spend(text.length);
    return numbered(splitAtMost(text, separator, Number(most.value)));
  }),
};

const present = (values: readonly GoValue[]): readonly GoValue[] =>
  values.filter((value) => value !== undefined && value !== null);

/** What comes after what ends a word: beyond ASCII nothing but spaces does. */
const WORD_START = /(?<=^|(?=\p{ASCII})[^\w]|\p{White_Space})./gsu;

/** Where there is a space, what is left is taken byte by byte, which is the end of letters beyond ASCII. */
function withoutSpaces(text: string): string {
  const letters = encodeText(text).toString('latin1');
  const left = letters.replaceAll(/[\s\u0085]/gu, '');
  return left === letters ? text : left;
}

/** A list as texts, without what is nil; anything else is a list of one. */
function texts(value: GoValue): readonly string[] {
  if (itemsOf(value) === undefined) return present([value]).map(toText);
  return present(itemsIn(value)).map(toText);
}

function repeat(text: string, { value }: Integer, context: FunctionContext): string {
  if (value < 0n) throw new Fault('the count is negative');
  context.spend((Number(value) * text.length) / 16);
  return text.repeat(Number(value));
}

function indent(text: string, { value }: Integer, context: FunctionContext): string {
  if (value < 0n) throw new Fault('the number of spaces is negative');
  const lines = text.split('\n');
  context.spend((Number(value) * lines.length) / 16);
  const margin = ' '.repeat(Number(value));
  return lines.map((line) => margin + line).join('\n');
}

function slice(bytes: Uint8Array, start: number, end: number): string {
  if (start < 0 || start > end || end > bytes.length) throw new Fault('an index is out of range');
  return decodeBytes(bytes.subarray(start, end));
}

/** Counted in bytes; an end that is negative or too far is that of the text. */
function substring(text: string, { value: start }: Integer, { value: end }: Integer): string {
  const bytes = encodeText(text);
  if (start < 0n) return slice(bytes, 0, Number(end));
  const isOpen = end < 0n || end > BigInt(bytes.length);
  return slice(bytes, Number(start), isOpen ? bytes.length : Number(end));
}

/** The first bytes; the last ones if the count is negative. */
function truncate(text: string, count: number): string {
  const bytes = encodeText(text);
  if (count < 0) return bytes.length + count > 0 ? slice(bytes, bytes.length + count, bytes.length) : text;
  return bytes.length > count ? slice(bytes, 0, count) : text;
}

function splitAtMost(text: string, separator: string, most: number): readonly string[] {
  const parts = splitText(text, separator);
  if (most < 0 || parts.length <= most) return parts;
  return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

const numbered = (parts: readonly string[]): TextMap =>
  new TextMap(parts.map((part, index) => [`_${index}`, part]));
