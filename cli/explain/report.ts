import type { JsonObject } from '#contract/json.ts';
import type { Understood } from './annotation.ts';
import type { Place } from '../../governance/place.ts';
import type { Finding } from './finding.ts';
import type { PodReport } from './pod/report.ts';
import type { SyncPlan } from './sync.ts';
import type { WorkingManifest } from './working.ts';

/** Everything there is to say of some manifests. */
export interface Report {
  readonly objects: readonly ObjectReport[];
  /** False if pods were shown to an injector of which nothing is known. */
  readonly injectorKnown: boolean;
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
  /** Of what is a pod or makes some. */
  readonly pods?: readonly PodReport[];
  /** False if nobody said what the namespace of these pods says of them. */
  readonly namespaceKnown?: boolean;
  /** The same object as it was read. */
  readonly value?: JsonObject;
}

/**
 * - `works`: a Secret that the API server takes, and of which the sync does what it asks for
 * - `injected`: all of its pods that ask for an agent get one
 * - `refused`: the API server does not take it
 * - `denied`: the API server does not take a pod of it, because of what its annotations ask for
 * - `unsynced`: a Secret that is taken, and the sync cannot do all that it asks for
 * - `uninjected`: a pod of it asks for an agent, and is taken without one
 * - `unasked`: a Secret or a workload that asks for nothing
 * - `binding`: a Namespace, which says what its Secrets may be made of
 * - `unseen`: an object that asks for an agent in pods which its controller makes, and which are not in it
 * - `unexplained`: neither a Secret nor anything with pods
 */
export type Verdict =
  | 'works'
  | 'injected'
  | 'refused'
  | 'denied'
  | 'unsynced'
  | 'uninjected'
  | 'unasked'
  | 'binding'
  | 'unseen'
  | 'unexplained';

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

/** Everything that is said of an object. */
const findingsIn = ({ findings, pods = [] }: ObjectReport): readonly Finding[] => [
  ...findings,
  ...pods.flatMap((pod) => pod.findings),
];

/** True if the API server takes everything, and everything that is asked for is done. */
export const isSound = ({ objects, findings }: Report): boolean =>
  [...findings, ...objects.flatMap(findingsIn)].every(({ effect }) => effect === 'note');
