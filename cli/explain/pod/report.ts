import type { AcceleratorKind } from '#contract/accelerators.ts';
import type { JsonObject } from '#contract/json.ts';
import type { Place } from '../../../governance/place.ts';
import type { SkipReason } from '../../../injector/pod/decide.ts';
import type { Operation } from '../../../injector/pod/patch.ts';
import type { QosClass } from '../../../injector/pod/qos.ts';
import type { Finding } from '../finding.ts';
import type { InjectedFile } from './files.ts';
import type { PodSecurity } from './security/standard.ts';

/**
 * What the injector makes of a pod.
 *
 * - `injected`: it gets an agent
 * - `denied`: the API server refuses it, because of what its annotations ask for
 * - `uninjected`: it asks for an agent and gets none
 * - `unasked`: it does not ask for one
 */
export type PodOutcome = 'injected' | 'denied' | 'uninjected' | 'unasked';

/** An annotation that is understood. */
export interface PodAnnotation {
  readonly place: Place;
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

/** What a cluster says of a pod besides. */
export interface PodStanding {
  readonly qos: QosClass;
  readonly security: PodSecurity;
}

/** What the agent takes, and where it stands. */
export interface AgentPart {
  readonly container: string;
  readonly mode: 'run' | 'init';
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
  /** Of the volumes that come with it; `size` is that of one in memory. */
  readonly volumes: readonly { readonly name: string; readonly size?: string }[];
  /** Containers in the order in which they start, those that start together together. */
  readonly starts: readonly (readonly string[])[];
}

/** A pod that is injected. */
export interface InjectedPod {
  readonly pod: JsonObject;
  readonly operations: readonly Operation[];
  readonly standing: PodStanding;
  readonly agent: AgentPart;
  readonly files: readonly InjectedFile[];
}

/** What there is to say of one pod of an object. */
export interface PodReport {
  /** Where its template is in the object, as a path; empty for a Pod. */
  readonly title: string;
  /** The same, for whoever puts the pod back; absent if a controller puts it together. */
  readonly template?: readonly string[];
  readonly pod: JsonObject;
  readonly outcome: PodOutcome;
  /** Why a pod that asks gets none. */
  readonly reason?: SkipReason;
  readonly findings: readonly Finding[];
  readonly annotations: readonly PodAnnotation[];
  /** As it came; absent of a pod that the injector does not look at. */
  readonly standing?: PodStanding;
  /** What it computes on, with the same. */
  readonly accelerators?: readonly { readonly kind: AcceleratorKind; readonly name: string }[];
  readonly injected?: InjectedPod;
}
