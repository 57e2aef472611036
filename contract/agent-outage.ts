import type { Reader } from './reader.ts';

/** What is done where the store is away for longer than what it gave is good; without a rule, everything stays. */
export interface OutageRule {
  /** `remove` takes the files away, `fail` makes the pod unready; both until the store is back. */
  readonly action: (typeof OUTAGE_ACTIONS)[number];
  /** For how long what has no end is good without being confirmed. Milliseconds. */
  readonly deadlineMs: number;
}

const OUTAGE_ACTIONS = ['remove', 'fail'] as const;

/** Long enough for a store to be upgraded. */
export const DEFAULT_OUTAGE_DEADLINE_MS = 900_000;

/** Reads the rule, if there is one. */
export function readOutage(root: Reader): { readonly onOutage?: OutageRule } {
  if ((root.unknown('onOutage') ?? undefined) === undefined) return {};
  const reader = root.child('onOutage');
  const onOutage: OutageRule = {
    action: reader.choice('action', OUTAGE_ACTIONS, 'remove'),
    deadlineMs: reader.integer('deadlineMs', { min: 0, fallback: DEFAULT_OUTAGE_DEADLINE_MS }),
  };
  reader.finish();
  return { onOutage };
}
