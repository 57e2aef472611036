/** Bounds a repetition must keep to, and what all nested ones may multiply to (`regexp/syntax`). */
export const MAX_REPEAT = 1000;

/** What holds at a place between two characters. */
export type Assertion = 'text start' | 'text end' | 'line start' | 'line end' | 'word edge' | 'no word edge';

/** A regular expression of RE2 (https://github.com/google/re2/wiki/Syntax). */
export type Regex =
  /** One character: `set` is the source of a class that JavaScript reads with the `v` flag. */
  | { readonly kind: 'character'; readonly set: string; readonly folds: boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Regex[] }
  | { readonly kind: 'choice'; readonly branches: readonly Regex[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: Regex }
  | Repetition;

export interface Repetition {
  readonly kind: 'repetition';
  readonly body: Regex;
  readonly least: number;
  readonly most: number;
  readonly greedy: boolean;
}

export interface ParsedRegex {
  readonly tree: Regex;
  /** Names of the groups by index, from 1 on; undefined for those without. */
  readonly names: readonly (string | undefined)[];
}

/** A pattern that RE2 does not take either. The message does not quote it. */
export class RegexSyntaxError extends Error {
  override readonly name = 'RegexSyntaxError';
}
