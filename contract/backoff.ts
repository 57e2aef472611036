/** How long is waited before something is tried again, in milliseconds: each pause is twice the one before it. */
export interface Backoff {
  readonly leastMs: number;
  readonly mostMs: number;
}

export const USUAL_BACKOFF: Backoff = { leastMs: 250, mostMs: 30_000 };
