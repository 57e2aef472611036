/** One thing wrong with an input: where it stands, what was found, what was expected. Never carries a secret. */
export interface Problem {
  /** The annotation key, or the dotted path of a configuration field. */
  readonly key: string;
  /** What is wrong and what to write instead, for the person who wrote the input. */
  readonly message: string;
}

/** A parser returns the value or *every* problem it found, never the first alone. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const rejected = (problems: readonly Problem[]): Parsed<never> => ({ ok: false, problems });

/** One line per problem, as shown to people: `key: message`. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ key, message }) => `${key}: ${message}`).join('\n');
}
