/** How often a target may be told in a row; and how long it takes until it may be told once more. */
export const IN_A_ROW = 10;
export const REFILL_MS = 2000;

/**
 * When everything that a target was told is paid for (milliseconds since the epoch): each time costs `REFILL_MS`. Undefined
 * for one that was not told yet.
 */
export type PaidAt = number | undefined;

/** After it was told once more. */
export const pay = (paidAt: PaidAt, now: number): number => Math.max(paidAt ?? now, now) + REFILL_MS;

/**
 * When a target may be told again. Never more than one refill from now, so that a clock that was set back holds nobody up.
 */
export function allowedAt(paidAt: PaidAt, now: number): number {
  return Math.min((paidAt ?? now) - (IN_A_ROW - 1) * REFILL_MS, now + REFILL_MS);
}
