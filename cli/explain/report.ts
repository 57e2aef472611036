import type { Understood } from './annotation.ts';
import type { Place } from '../../governance/place.ts';
import type { Finding } from './finding.ts';
import type { SyncPlan } from './sync.ts';
import type { WorkingManifest } from './working.ts';

/** Everything there is to say of some manifests. */
export interface Report {
  readonly objects: readonly ObjectReport[];
  /** What is said of a file as a whole. */
  readonly findings: readonly Finding[];
}

/** What there is to say of one object. */
export interface ObjectReport {
  readonly place: Place;
  /** Empty if there is none, as the name. */
  readonly kind: string;
  readonly name: string;
  /** Absent if kubectl is to say. */
  readonly namespace?: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Of a Namespace: what its Secrets may be made of. */
  readonly binding?: string;
  /** Of a Secret that asks for a sync. */
  readonly secret?: SecretReport;
}

/**
 * - `works`: the API server takes it, and the sync does what it asks for
 * - `refused`: the API server does not take it
 * - `unsynced`: it is taken, and the sync cannot do all that it asks for
 * - `unasked`: a Secret that asks for nothing
 * - `binding`: a Namespace, which says what its Secrets may be made of
 * - `unexplained`: of a kind that is not explained in this release
 */
export type Verdict = 'works' | 'refused' | 'unsynced' | 'unasked' | 'binding' | 'unexplained';

/** What a Secret asks for, and how to write it so that it works. */
export interface SecretReport {
  /** Those that are understood. */
  readonly annotations: readonly Understood[];
  /** False if nobody said what its namespace is bound to. */
  readonly bindingKnown: boolean;
  /** Absent if the annotations do not say enough. */
  readonly plan?: SyncPlan;
  /** Absent if its user has to decide something first. */
  readonly working?: WorkingManifest;
  /** True if `<auto-managed>` stands below `data`, for which there is more than one spelling that works. */
  readonly misplaced: boolean;
}

/** True if the API server takes everything and the sync does everything that is asked for. */
export const isSound = ({ objects, findings }: Report): boolean =>
  [...findings, ...objects.flatMap((one) => one.findings)].every(({ effect }) => effect === 'note');
