import type { Problem } from '#contract/problem.ts';

/** What a pod went beyond. Closed, for it labels a metric. */
export const LIMIT_RULES = ['role', 'path', 'folder', 'identity', 'reload', 'address', 'image'] as const;
export type LimitRule = (typeof LIMIT_RULES)[number];

/** A problem of a pod that goes beyond what operator or namespace allow. */
export interface Excess extends Problem {
  readonly rule: LimitRule;
}

/** The limits that are among the problems, each once. */
export const rulesIn = (problems: readonly (Problem | Excess)[]): readonly LimitRule[] => [
  ...new Set(problems.flatMap((one) => ('rule' in one ? [one.rule] : []))),
];
