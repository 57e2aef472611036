import { parseQuantity } from '#contract/quantity.ts';
import type { Policy } from '../../../governance/policy/policy.ts';
import type { Case } from '../cases/case.ts';
import type { Engine, Outcome, Outcomes } from './engine.ts';

/** An engine, the cases it was asked about, and what it said. */
export interface Judged {
  readonly engine: Engine;
  readonly cases: readonly Case[];
  readonly outcomes: Outcomes;
}

/** Asks an engine about all cases that can be put to it. */
export async function judgeWith(
  engine: Engine,
  policies: readonly Policy[],
  cases: readonly Case[],
): Promise<Judged> {
  const judgeable = cases.filter((one) => engine.canJudge(one));
  return { engine, cases: judgeable, outcomes: await engine.judgeAll(policies, judgeable) };
}

/** What an engine said of each policy by itself, as one. */
export function together(engine: Engine, parts: readonly Judged[]): Judged {
  const outcomes = new Map<string, ReadonlyMap<string, Outcome>>();
  for (const [name, ofPolicies] of parts.flatMap((part) => [...part.outcomes])) {
    outcomes.set(name, new Map([...(outcomes.get(name) ?? []), ...ofPolicies]));
  }
  const cases = new Map(parts.flatMap((part) => part.cases.map((one) => [one.name, one])));
  return { engine, cases: [...cases.values()], outcomes };
}

export const isDenied = ({ denies }: Case, policy: string): boolean =>
  denies.some((denial) => denial.policy === policy);

function outcomeOf({ outcomes }: Judged, one: Case, policy: string): Outcome {
  const outcome = outcomes.get(one.name)?.get(policy);
  if (outcome === undefined) throw new Error(`${policy} was not asked about: ${one.name}`);
  return outcome;
}

/** Where an engine does not say what was written by hand. */
export const surprises = (judged: Judged, policy: string): readonly string[] =>
  judged.cases.flatMap((one) => {
    const { verdict, message = '' } = outcomeOf(judged, one, policy);
    const expected = isDenied(one, policy) ? 'denied' : 'allowed';
    if ((verdict === 'denied') !== (expected === 'denied')) return [`${one.name}: ${verdict}`];
    const unsaid = one.denies.filter((denial) => denial.policy === policy && !says(message, denial.says));
    return unsaid.map((denial) => `${one.name}: “${message}” does not say ${String(denial.says)}`);
  });

const says = (message: string, expected: string | RegExp): boolean =>
  typeof expected === 'string' ? message.includes(expected) : expected.test(message);

/** Where two engines differ, or do not say the same. */
export const differences = (one: Judged, other: Judged, policy: string): readonly string[] =>
  one.cases
    .filter(({ name }) => other.outcomes.has(name))
    .flatMap((asked) => {
      const [first, second] = [outcomeOf(one, asked, policy), outcomeOf(other, asked, policy)];
      if (first.verdict === second.verdict && isSaid(first, second)) return [];
      return [`${asked.name}: ${one.engine.name} ${told(first)}, ${other.engine.name} ${told(second)}`];
    });

/** The cases in which an engine says of a mutant what its origin would not have said. */
export const noticed = (judged: Judged, mutant: string, before: Judged, origin: string): readonly string[] =>
  judged.cases
    .filter((one) => {
      const [changed, right] = [outcomeOf(judged, one, mutant), outcomeOf(before, one, origin)];
      const isExpected = (changed.verdict === 'denied') === isDenied(one, origin);
      return !isExpected || words({ ...changed, message: '' }) !== words({ ...right, message: '' });
    })
    .map(({ name }) => name);

const told = ({ verdict, message = '', notes = {} }: Outcome): string =>
  `${verdict} ${message} ${JSON.stringify(notes)}`;

/** Names that come out of a map come in any order, another one each time; amounts are written anew when they are stored. */
const isSaid = (first: Outcome, second: Outcome): boolean => words(first) === words(second);

const words = ({ message = '', notes = {} }: Outcome): string =>
  Object.entries(notes)
    .flat()
    .concat(message)
    .join(' ')
    .split(/[\s,.:;[\]]+/u)
    .map((word) => String(parseQuantity(word) ?? word))
    .toSorted()
    .join(' ');

const HEADINGS = ['policy', 'cases', 'denied', 'allowed'];

/** One line for each policy: what was expected, and in how many cases each engine agrees with that. */
export function table(policies: readonly Policy[], cases: readonly Case[], all: readonly Judged[]): string {
  const rows = policies.map(({ name }) => {
    const denied = cases.filter((one) => isDenied(one, name)).length;
    const agreeing = all.map((judged) => {
      const asked = judged.cases.filter((one) => judged.outcomes.get(one.name)?.has(name));
      return `${asked.length - surprises({ ...judged, cases: asked }, name).length} of ${asked.length}`;
    });
    return [name, cases.length, denied, cases.length - denied, ...agreeing];
  });
  const lines = [[...HEADINGS, ...all.map(({ engine }) => engine.name)], ...rows];
  return lines.map((line) => line.map((cell, index) => pad(cell, index)).join('')).join('\n');
}

const pad = (cell: string | number, index: number): string =>
  index === 0 ? String(cell).padEnd(30) : String(cell).padStart(index < HEADINGS.length ? 10 : 15);
