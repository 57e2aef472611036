import { distance } from '../../injector/annotations/nearest.ts';

/** How many letters may be wrong in what somebody meant. */
const mostWrong = (word: string): number => Math.min(3, Math.floor(word.length / 3));

/** ", did you mean …?" of the word that was meant, if one is near enough. */
export function meant(word: string, choices: readonly string[]): string {
  const [nearest] = choices
    .map((choice) => ({ choice, wrong: distance(word.toLowerCase(), choice.toLowerCase()) }))
    .filter(({ wrong }) => wrong <= mostWrong(word))
    .toSorted((a, b) => a.wrong - b.wrong);
  return nearest === undefined ? '' : `; did you mean ${nearest.choice}?`;
}
