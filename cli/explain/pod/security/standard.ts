import type { JsonObject } from '#contract/json.ts';
import { BASELINE } from './baseline.ts';
import type { Violation } from './parts.ts';
import { RESTRICTED } from './restricted.ts';

/** The Pod Security Standards, the strictest first. */
export type Standard = 'restricted' | 'baseline' | 'privileged';

/** The strictest standard that a pod keeps to, and what keeps it from those that are stricter. */
export interface PodSecurity {
  readonly standard: Standard;
  readonly violations: {
    /** Of the baseline standard, and hence of the restricted one. */
    readonly baseline: readonly Violation[];
    /** Of the restricted standard alone. */
    readonly restricted: readonly Violation[];
  };
}

/** What a namespace that enforces a standard would say of a pod. */
export function podSecurity(pod: JsonObject): PodSecurity {
  const baseline = BASELINE.flatMap((rule) => rule(pod));
  const known = new Set(baseline.map(({ path }) => path.join('/')));
  const restricted = RESTRICTED.flatMap((rule) => rule(pod)).filter(({ path }) => !known.has(path.join('/')));
  return { standard: standardOf(baseline, restricted), violations: { baseline, restricted } };
}

function standardOf(baseline: readonly Violation[], restricted: readonly Violation[]): Standard {
  if (baseline.length > 0) return 'privileged';
  return restricted.length > 0 ? 'baseline' : 'restricted';
}
