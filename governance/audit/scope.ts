import type { Pods } from './kept/pods.ts';
import type { Tally } from './kept/tally.ts';
import type { Emit } from './row.ts';
import type { Words } from './words.ts';

/** The time that is reported on, in milliseconds since 1970; what came before still says who held what when it began. */
export interface Window {
  readonly since: number;
  readonly until: number;
}

export const isWithin = ({ since, until }: Window, at: number): boolean => since <= at && at <= until;

/** What all parts of the report have in common. */
export interface Scope {
  readonly window: Window;
  readonly emit: Emit;
  readonly pods: Pods;
  readonly denials: Tally<'denial'>;
  readonly breakGlass: Tally<'breakGlass'>;
  /** Undefined if the namespace is nobody's, or if it is not known whose. */
  tenantOf(namespace: string): string | undefined;
  /** What of a denial's message may be shown: what is the policy's own, and names. */
  readonly wordsOf: Words;
}
