import { type Family, takes } from './signature.ts';

export const CASE: Family<'case'> = {
  toLower: takes(['string'], ([text]) => mapCharacters(text, (character) => character.toLowerCase())),
  toUpper: takes(['string'], ([text]) => mapCharacters(text, (character) => character.toUpperCase())),
  toTitle: takes(['string'], ([text]) => toTitle(text)),
};

/** Go maps character by character; a mapping to several characters (`ß`) does not apply, nor does context (final sigma). */
function mapCharacters(text: string, map: (character: string) => string): string {
  return Array.from(text, (character) => {
    const mapped = map(character);
    return Array.from(mapped).length === 1 ? mapped : character;
  }).join('');
}

const WORDS = new Intl.Segmenter('und', { granularity: 'word' });

/** The first cased letter of each word in title case, the rest as it was. */
function toTitle(text: string): string {
  return Array.from(WORDS.segment(text), ({ segment }) => segment.replace(/\p{Cased}/u, titleCase)).join('');
}

function titleCase(letter: string): string {
  const [first = '', ...rest] = letter.toUpperCase();
  return first + rest.join('').toLowerCase();
}
