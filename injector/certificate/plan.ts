import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Kept } from './kept.ts';
import { isOver, renewalOf } from './life.ts';
import { isSame } from './trust.ts';

/** What is known when it is decided what to do about the certificates. Times in milliseconds. */
export interface CertificateState {
  /** What the Secret holds; undefined if there is none, or none of use. */
  readonly kept: Kept | undefined;
  /** The authorities that the API server trusts now, in one configuration or another. */
  readonly inForce: readonly X509Certificate[];
  /** Since when the newest authority is known to be trusted in all configurations; undefined if it is not. */
  readonly trustedSince: number | undefined;
  /** What the leaf has to be good for. */
  readonly names: readonly string[];
  readonly overlapMs: number;
}

/**
 * What the leader is to do.
 *
 * - `authority`: make an authority, and a leaf by it; those in `trusting` stay trusted beside it
 * - `leaf`: make a leaf by the authority that there is
 * - `forget`: leave only the newest authority trusted
 * - `wait`: nothing before `until`, unless something changes
 */
export type CertificateStep =
  | { readonly kind: 'authority'; readonly trusting: readonly X509Certificate[] }
  | { readonly kind: 'leaf'; readonly kept: Kept }
  | { readonly kind: 'forget'; readonly kept: Kept }
  | { readonly kind: 'wait'; readonly until: number };

/** As many as stay trusted beside a new one: that in use, and one that was about to follow it. */
const MOST_TRUSTED = 2;

/** Decides. Each step leaves every leaf that somebody may still serve trusted. */
export function planCertificates(state: CertificateState, now: number): CertificateStep {
  const { kept, inForce } = state;
  // Whoever lost the Secret serves what it held from memory, so the API server goes on trusting that.
  if (kept === undefined) return { kind: 'authority', trusting: stillGood(inForce, now) };
  const [newest, ...older] = kept.authorities;
  if (renewalOf(newest) <= now) return { kind: 'authority', trusting: stillGood(kept.authorities, now) };
  const { certificate } = kept.leaf;
  if (renewalOf(certificate) <= now || !isFor(certificate, state.names)) return { kind: 'leaf', kept };
  const due = [renewalOf(newest), renewalOf(certificate)];
  if (older.length === 0) return { kind: 'wait', until: Math.min(...due) };
  const free = (state.trustedSince ?? Infinity) + state.overlapMs;
  if (free <= now || older.every((one) => isOver(one, now))) return { kind: 'forget', kept };
  return {
    kind: 'wait',
    until: Math.min(...due, free, ...older.map(({ validToDate }) => validToDate.getTime())),
  };
}

function stillGood(authorities: readonly X509Certificate[], now: number): readonly X509Certificate[] {
  const good = authorities.filter((one) => one.ca && !isOver(one, now));
  return good
    .filter((one, index) => good.findIndex((other) => isSame(one, other)) === index)
    .slice(0, MOST_TRUSTED);
}

const isFor = (certificate: X509Certificate, names: readonly string[]): boolean =>
  names.every(
    (name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
  );
