import { type Family, takes } from './signature.ts';

export const CASE: Family<'case'> = {
  toLower: takes(['string'], ([text]) => Array.from(text.toWellFormed(), toLower).join('')),
  toUpper: takes(['string'], ([text]) => Array.from(text.toWellFormed(), toUpper).join('')),
  toTitle: takes(['string'], ([text]) => toTitle(text)),
};

/** Character by character, so without final sigma; of `İ`, which alone has two, Go takes the first. */
export function toLower(character: string): string {
  const [first = ''] = character.toLowerCase();
  return first;
}

/** A mapping to several characters (`ß`) does not apply in Go. */
export function toUpper(character: string): string {
  const mapped = Array.from(character.toUpperCase());
  return mapped.length === 1 ? mapped.join('') : (withIotaBelow(character) ?? character);
}

/** The large Greek letter with the iota that is below a small one, of which there are as letters of their own. */
function withIotaBelow(letter: string): string | undefined {
  const code = letter.codePointAt(0) ?? 0;
  if (code >= 0x1f_80 && code <= 0x1f_af) return String.fromCodePoint(code | 8);
  if ('ᾼῌῼ'.includes(letter)) return letter;
  return 'ᾳῃῳ'.includes(letter) ? String.fromCodePoint(code + 9) : undefined;
}

/** Between letters these leave a word whole, but not two of them in a row (`MidLetter`, `MidNumLet` of UAX #29). */
const JOINER =
  /[:.'\u{b7}\u{387}\u{55f}\u{5f4}\u{2018}\u{2019}\u{2024}\u{2027}\u{fe13}\u{fe52}\u{fe55}\u{ff07}\u{ff0e}\u{ff1a}]/u;

/** What a word may hold. Ideographs, kana and the scripts without spaces end one. */
const WORD_CHARACTER =
  /[[\p{Alphabetic}\p{Nd}\p{Pc}\p{M}\p{Cf}]--[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]]/v;

/** The first cased letter of each word in title case, the rest as it was (`cases.Title` with `NoLower`). */
function toTitle(text: string): string {
  let inWord = false;
  let afterJoiner = false;
  return Array.from(text, (character) => {
    const isJoiner = JOINER.test(character);
    if (isJoiner && afterJoiner) inWord = false;
    afterJoiner = isJoiner;
    const begins = !inWord && /\p{Cased}/u.test(character);
    if (begins) inWord = true;
    else if (!isJoiner && !WORD_CHARACTER.test(character)) inWord = false;
    return begins ? titleCase(character) : character;
  }).join('');
}

/** Letters that Unicode writes as two: upper, title and lower case of each. */
const DIGRAPHS = 'ǄǅǆǇǈǉǊǋǌǱǲǳ';

/** What a letter becomes several of is small behind the first, unless that is an apostrophe. */
function titleCase(letter: string): string {
  if (WITHOUT_TITLE_CASE.test(letter)) return letter;
  const digraph = DIGRAPHS.indexOf(letter);
  if (digraph >= 0) return DIGRAPHS.charAt(digraph - (digraph % 3) + 1);
  const [first = '', ...rest] = withIotaBelow(letter) ?? letter.toUpperCase();
  if (first === 'ʼ') return first + rest.join('');
  return first + rest.join('').replaceAll('Ι', IOTA_BELOW).toLowerCase();
}

/** Georgian, but for that of the church. */
const WITHOUT_TITLE_CASE = /[\u{10d0}-\u{10ff}]/u;

const IOTA_BELOW = '\u{345}';

/** The one letter that is the title case of another: unlike of a word, without the small ones that may go with it. */
export const toTitleLetter = (letter: string): string =>
  DIGRAPHS.includes(letter) || WITHOUT_TITLE_CASE.test(letter) ? titleCase(letter) : toUpper(letter);
