import type { Difference } from './difference.ts';

/** Where tenants are rendered to; `vault` is OpenBao too. */
export const DESTINATIONS = ['kubernetes', 'vault', 'infisical'] as const;

export type Destination = (typeof DESTINATIONS)[number];

/** An object that is not as it was declared. */
export interface Drift {
  readonly destination: Destination;
  /** Such as `ResourceQuota sidekey-tenant in team-a`. */
  readonly subject: string;
  /** Whose it is; empty for what is the platform's, or nobody's. */
  readonly tenant: string;
  /**
   * - `missing`: it is not there
   * - `extra`: nobody declares it
   * - `different`: it is there, and another one
   */
  readonly kind: 'missing' | 'extra' | 'different';
  /** Why an extra one is taken for ours. */
  readonly reason?: string;
  readonly differences: readonly Difference[];
}

/** What could not be asked, why, and what to do. */
export interface Unanswered {
  readonly destination: Destination;
  readonly message: string;
}

/** What came of holding declarations against what there is. */
export interface Outcome {
  /** How many objects were looked at. */
  readonly compared: number;
  readonly drifts: readonly Drift[];
  readonly unanswered: readonly Unanswered[];
}

/** What came of several. */
export const together = (outcomes: readonly Outcome[]): Outcome => ({
  compared: outcomes.reduce((sum, { compared }) => sum + compared, 0),
  drifts: outcomes.flatMap(({ drifts }) => drifts),
  unanswered: outcomes.flatMap(({ unanswered }) => unanswered),
});
