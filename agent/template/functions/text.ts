import { Fault } from '../error.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes } from './signature.ts';

export const TEXT: Family<'text'> = {
  trimSpace: takes(['string'], ([text]) => trimSpace(text)),
  trim: takes(['string', 'string'], ([cutset, text]) => trim(text, new Set(cutset))),
  trimPrefix: takes(['string', 'string'], ([prefix, text]) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimSuffix: takes(['string', 'string'], ([suffix, text]) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  replaceAll: takes(['string', 'string', 'string'], ([from, to, text], context) => {
    const places = from === '' ? Array.from(text) : text.split(from);
    context.spend((places.length * to.length) / 16);
    return from === '' ? [to, ...places.map((character) => character + to)].join('') : places.join(to);
  }),
  indent: takes(['int', 'string'], ([spaces, text], context) => {
    if (spaces.value < 0n) throw new Fault('the number of spaces is negative');
    const lines = text.split('\n');
    context.spend((Number(spaces.value) * lines.length) / 16);
    const margin = ' '.repeat(Number(spaces.value));
    return lines.map((line) => (line === '' ? line : margin + line)).join('\n');
  }),
};

function trim(text: string, cutset: ReadonlySet<string>): string {
  const characters = Array.from(text);
  const start = characters.findIndex((character) => !cutset.has(character));
  const end = characters.findLastIndex((character) => !cutset.has(character));
  return start < 0 ? '' : characters.slice(start, end + 1).join('');
}
