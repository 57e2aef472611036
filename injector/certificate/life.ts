import type { X509Certificate } from 'node:crypto';

/** Clocks of clients may be behind. */
export const BACKDATE_MS = 300_000;

/** When a certificate of ours is to be replaced: after two thirds of its life. In milliseconds since the epoch. */
export function renewalOf({ validFromDate, validToDate }: X509Certificate): number {
  const issued = validFromDate.getTime() + BACKDATE_MS;
  return issued + (2 / 3) * (validToDate.getTime() - issued);
}

export const isOver = ({ validToDate }: X509Certificate, now: number): boolean =>
  validToDate.getTime() <= now;
