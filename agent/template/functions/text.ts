import { Fault } from '../error.ts';
import { splitText, withoutPrefix, withoutSuffix } from '../go/search.ts';
import { trimSpace } from '../go/white-space.ts';
import { type Family, takes } from './signature.ts';

export const TEXT: Family<'text'> = {
  trimSpace: takes(['string'], ([text]) => trimSpace(text)),
  trim: takes(['string', 'string'], ([cutset, text]) => trim(text, new Set(cutset.toWellFormed()))),
  trimPrefix: takes(['string', 'string'], ([prefix, text]) => withoutPrefix(text, prefix)),
  trimSuffix: takes(['string', 'string'], ([suffix, text]) => withoutSuffix(text, suffix)),
  replaceAll: takes(['string', 'string', 'string'], ([from, to, text], context) => {
    const places = splitText(text, from);
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

/** To Go, all bytes that are part of no character are alike here. */
function trim(text: string, cutset: ReadonlySet<string>): string {
  const characters = Array.from(text);
  const stays = (character: string): boolean => !cutset.has(character.toWellFormed());
  const start = characters.findIndex(stays);
  const end = characters.findLastIndex(stays);
  return start < 0 ? '' : characters.slice(start, end + 1).join('');
}
