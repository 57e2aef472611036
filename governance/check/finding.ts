import type { Path } from './pods.ts';

/**
 * What a finding comes to.
 *
 * - `denied`: the API server refuses the object
 * - `stuck`: it is taken, but its pods are refused, or do not all come up
 * - `note`: worth knowing, and no obstacle
 */
export type Effect = 'denied' | 'stuck' | 'note';

/** One thing to say of an object. */
export interface Finding {
  readonly effect: Effect;
  /** The most telling field, from the object's root; what is missing is where it would belong. */
  readonly path: Path;
  /** The policy, or what else refuses it. */
  readonly subject: string;
  readonly message: string;
}
