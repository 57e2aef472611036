/**
 * Why a Secret is not, or not wholly, what it is to be. Closed, for it labels metrics.
 *
 * - `invalid_annotation`: an annotation of the Secret or of its namespace cannot be read
 * - `unbound`: the namespace is not bound to the source
 * - `not_found`, `forbidden`, `login_refused`, `unavailable`: the store does not give the source
 * - `source_empty`: there is nothing at the source any more, and what was there is kept
 * - `missing_key`: the source has no such key
 * - `invalid_key`: a key of the source cannot be one of a Kubernetes Secret
 * - `conflict`: the manifest has a value of its own
 * - `template`: a template cannot be rendered
 * - `immutable`: the Secret cannot be changed
 * - `too_large`: more than a Secret can hold
 * - `refused`: the API server does not take the Secret
 * - `internal`: a fault of the sync's own
 */
export const SYNC_PROBLEMS = [
  'invalid_annotation',
  'unbound',
  'not_found',
  'forbidden',
  'login_refused',
  'unavailable',
  'source_empty',
  'missing_key',
  'invalid_key',
  'conflict',
  'template',
  'immutable',
  'too_large',
  'refused',
  'internal',
] as const;

export type SyncReason = (typeof SYNC_PROBLEMS)[number];

/** One thing that keeps a Secret from what it is to be, and what to do about it. Never holds a value. */
export interface SyncProblem {
  readonly reason: SyncReason;
  readonly message: string;
  /**
   * Of what passes by itself: `known` if the last answer counts until then, which is not worth telling; `awaited` if there was
   * none yet, which is worth telling of a Secret that has not all its values.
   */
  readonly passing?: 'known' | 'awaited';
}
