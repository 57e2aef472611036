import type { LeaseRecord } from './lease-record.ts';

/** When a Lease was seen to change for the last time, by the time of the one who looks: no two clocks are compared. */
export interface Observation {
  readonly version: string;
  readonly since: number;
}

/** What is known after another look. */
export function observe(
  before: Observation | undefined,
  record: LeaseRecord | undefined,
  now: number,
): Observation {
  const version = record?.version ?? '';
  return before?.version === version ? before : { version, since: now };
}

/**
 * What a candidate that does not lead is to do.
 *
 * - `create`: there is no Lease
 * - `take`: nobody holds it, or it was not renewed for its whole duration, or it is the candidate's own by a write whose
 *   answer got lost
 * - `wait`: another holds it
 */
export type LeaseDecision = 'create' | 'take' | 'wait';

/** `now` and the observation are times of the same clock, which may stand still but never run ahead. */
export function decideLease(
  { identity, durationMs }: { readonly identity: string; readonly durationMs: number },
  record: LeaseRecord | undefined,
  { since }: Observation,
  now: number,
): LeaseDecision {
  if (record === undefined) return 'create';
  if (record.holder === '' || record.holder === identity) return 'take';
  // The longer one of the two, should another release want it for another time.
  return now - since >= Math.max(record.durationMs, durationMs) ? 'take' : 'wait';
}
