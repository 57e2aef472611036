import type { Policy } from '../../../governance/policy/policy.ts';
import type { Case } from '../cases/case.ts';

/** What becomes of a request as far as one policy is concerned. */
export interface Outcome {
  /** `told`: the policy does not allow it, and the namespace is one that is only audited. */
  readonly verdict: 'allowed' | 'denied' | 'told';
  /** What the developer is told, unless it is allowed. */
  readonly message?: string;
  /** What is noted of the request, by key. Absent: nothing. */
  readonly notes?: Notes;
}

export type Notes = Readonly<Record<string, string>>;

/** By the name of the case, then by the name of the policy. */
export type Outcomes = ReadonlyMap<string, ReadonlyMap<string, Outcome>>;

/** Something that evaluates policies. */
export interface Engine {
  readonly name: string;
  /** Whether the engine can be asked about such a request at all. */
  canJudge(one: Case): boolean;
  /**
   * What every policy makes of every case; all cases have to be such that it can judge them.
   *
   * @throws {Error} If a policy could not be evaluated for a case.
   */
  judgeAll(policies: readonly Policy[], cases: readonly Case[]): Promise<Outcomes>;
}

/** Outcomes for every policy of every case: where nothing was objected or noted, the case is allowed. */
export function outcomesOf(
  policies: readonly Policy[],
  cases: readonly Case[],
  outcomeOf: (one: Case, policy: Policy) => Outcome | undefined,
): Outcomes {
  return new Map(
    cases.map((one) => [
      one.name,
      new Map(policies.map((policy) => [policy.name, outcomeOf(one, policy) ?? { verdict: 'allowed' }])),
    ]),
  );
}

/** The texts among the entries of an object, as the part of an outcome that they are. */
export function noted(entries: readonly (readonly [string, unknown])[]): Pick<Outcome, 'notes'> {
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return texts.length === 0 ? {} : { notes: Object.fromEntries(texts) };
}
