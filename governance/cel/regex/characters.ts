/** Sets of characters, by their code points. */

/** The first and the last of each run of characters. */
export type Ranges = readonly (readonly [number, number])[];

/** The runs between two characters each, such as `az09`. */
export function runs(pairs: string): Ranges {
  const points = Array.from(pairs, (character) => character.codePointAt(0) ?? 0);
  return points.flatMap((first, index) => (index % 2 === 0 ? [[first, points[index + 1] ?? first]] : []));
}

const DIGITS = runs('09');
const WORD = runs('09AZ__az');
const SPACES = runs('\t\n\f\r  ');

/** Some characters, or all others: which is not the same once the case of letters is of no matter. */
export interface Characters {
  readonly ranges: Ranges;
  readonly isNegated: boolean;
}

/** `\d` and the like, by their letter. */
export const PERL_CLASSES: ReadonlyMap<string, Characters> = new Map([
  ['d', { ranges: DIGITS, isNegated: false }],
  ['D', { ranges: DIGITS, isNegated: true }],
  ['w', { ranges: WORD, isNegated: false }],
  ['W', { ranges: WORD, isNegated: true }],
  ['s', { ranges: SPACES, isNegated: false }],
  ['S', { ranges: SPACES, isNegated: true }],
]);

/** `[:alpha:]` and the like, by their name. */
export const POSIX_CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ['alnum', runs('09AZaz')],
  ['alpha', runs('AZaz')],
  ['ascii', runs('\0\x7f')],
  ['blank', runs('\t\t  ')],
  ['cntrl', runs('\0\x1f\x7f\x7f')],
  ['digit', DIGITS],
  ['graph', runs('!~')],
  ['lower', runs('az')],
  ['print', runs(' ~')],
  ['punct', runs('!/:@[`{~')],
  ['space', runs('\t\r  ')],
  ['upper', runs('AZ')],
  ['word', WORD],
  ['xdigit', runs('09AFaf')],
]);

const isIn = (ranges: Ranges, point: number): boolean =>
  ranges.some(([first, last]) => first <= point && point <= last);

/** Letters that are another's capital though no other is theirs. */
const ALIKE: ReadonlyMap<string, string> = new Map([
  ['k', '\u212a'],
  ['s', '\u017f'],
]);

/** The same letter in every case. */
function cases(point: number): readonly number[] {
  const character = String.fromCodePoint(point);
  const [small, capital] = [character.toLowerCase(), character.toUpperCase()];
  const all = [character, small, capital, small.toUpperCase(), capital.toLowerCase()];
  const more = all.flatMap((one) => ALIKE.get(one) ?? []);
  return [...all, ...more].flatMap((one) => {
    const only = one.codePointAt(0) ?? point;
    return String.fromCodePoint(only) === one ? [only] : [];
  });
}

const ASCII = 128;

/** A set that is asked about many characters. */
export interface CharacterSet {
  has(point: number): boolean;
}

/** A set that remembers which of the first characters are in it: most texts have no others. */
export function setOf(isWithin: (point: number) => boolean): CharacterSet {
  const ascii = Array.from({ length: ASCII }, (_, point) => isWithin(point));
  return { has: (point) => ascii[point] ?? isWithin(point) };
}

/** @param isFolded Whether a letter is in the set if it is there in any case. */
export const characterSet = (members: readonly Characters[], isFolded: boolean): CharacterSet =>
  setOf((point) => {
    const points = isFolded ? cases(point) : [point];
    return members.some(({ ranges, isNegated }) => points.some((one) => isIn(ranges, one)) !== isNegated);
  });

/** Whether it is a part of a word, as boundaries of words have it. */
export const isWordCharacter = (point: number | undefined): boolean =>
  point !== undefined && isIn(WORD, point);
