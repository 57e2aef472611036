import type { Family } from './families.ts';
import { openPrefix } from './names.ts';

/** What was meant is not looked for any more when so much is wrong: nobody would read it, and each look takes a millisecond. */
const MOST_ADVICE = 50;

export const advises = (found: readonly unknown[]): boolean => found.length < MOST_ADVICE;

/** The keys of a family that are followed, without its prefix and with what may have been meant as the user's part. */
function candidatesFor(word: string, { names }: Family): readonly string[] {
  return names
    .filter(({ verdict }) => verdict === 'followed')
    .flatMap((name) => {
      const prefix = openPrefix(name);
      return prefix === undefined ? [name.key] : completed(prefix, word);
    });
}

/** The key that differs so little from one that is unknown that it has to be meant, be its words in another order. */
export function similarKey(word: string, family: Family): string | undefined {
  const asked = word.toLowerCase();
  const [nearest] = candidatesFor(word, family)
    .map((key) => ({
      key,
      distance: Math.min(distance(asked, key.toLowerCase()), distance(inOrder(asked), inOrder(key)) + 1),
    }))
    .toSorted((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= word.length / SIMILAR ? nearest.key : undefined;
}

/** One letter in so many may be another. */
const SIMILAR = 4;

const inOrder = (key: string): string => key.toLowerCase().split('-').toSorted().join('-');

/** The key of a family, without its prefix, that is followed and differs the least from one that is unknown. */
export function nearestKey(word: string, family: Family): string {
  const candidates = candidatesFor(word, family);
  const [nearest = ''] = candidates
    .map((key) => ({ key, distance: isEndOf(key, word) ? 1 : distance(word, key) }))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ key }) => key);
  return nearest;
}

/** An open key with what may have been meant as the user's part: after the first dot, or after as many letters. */
function completed(prefix: string, word: string): readonly string[] {
  const dot = word.indexOf('.');
  const parts = [dot < 0 ? '' : word.slice(dot + 1), word.slice(prefix.length)];
  return parts.map((part) => prefix + (part === '' ? '<file>' : part));
}

/** True for `role` and `vault-role`, which the drop-in family leads people to. */
const isEndOf = (key: string, word: string): boolean => word !== '' && key.endsWith(`-${word}`);

/** How many letters have to be put in, taken out or replaced (Levenshtein). */
export function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(from).entries()) {
    const current = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const [above = 0, diagonal = 0, left = 0] = [
        previous[column],
        previous[column - 1],
        current[column - 1],
      ];
      current.push(Math.min(above + 1, left + 1, diagonal + (letter === to[column - 1] ? 0 : 1)));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
