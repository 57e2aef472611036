import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { versionOf } from './metadata.ts';

/** What a Lease says, as far as it decides who leads. */
export interface LeaseRecord {
  /** Empty if nobody holds it. */
  readonly holder: string;
  /** How long it is the holder's after each renewal, in milliseconds. */
  readonly durationMs: number;
  /** Changes with every write. */
  readonly version: string;
  /** All of it, for the next write to keep what is not ours. */
  readonly object: JsonObject;
}

export function readLease(object: JsonObject): LeaseRecord {
  const spec = objectIn(object, 'spec');
  const seconds = spec['leaseDurationSeconds'];
  return {
    holder: textIn(spec, 'holderIdentity'),
    durationMs: (typeof seconds === 'number' ? seconds : 0) * 1000,
    version: versionOf(object),
    object,
  };
}

/** Who a candidate is and for how long it wants the Lease. */
export interface Candidate {
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Of this very process: its pod's name and something by chance. */
  readonly identity: string;
  readonly durationMs: number;
}

/** The Lease as the candidate writes it to take it; `now` is only for people to read. */
export function taken(candidate: Candidate, record: LeaseRecord | undefined, now: number): JsonObject {
  const { namespace, name } = candidate;
  const base = record?.object ?? {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name },
  };
  const before = objectIn(base, 'spec')['leaseTransitions'];
  const transitions = typeof before === 'number' ? before + 1 : 0;
  return withSpec(base, {
    ...held(candidate, now),
    acquireTime: microTime(now),
    leaseTransitions: transitions,
  });
}

/** The Lease as its holder writes it to keep it. */
export const renewed = (candidate: Candidate, { object }: LeaseRecord, now: number): JsonObject =>
  withSpec(object, held(candidate, now));

/** The Lease as its holder writes it to let others have it at once; a duration of zero is not allowed. */
export const released = ({ object }: LeaseRecord, now: number): JsonObject =>
  withSpec(object, { holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) });

const withSpec = (object: JsonObject, spec: JsonObject): JsonObject => ({
  ...object,
  spec: { ...objectIn(object, 'spec'), ...spec },
});

const held = ({ identity, durationMs }: Candidate, now: number): JsonObject => ({
  holderIdentity: identity,
  leaseDurationSeconds: Math.ceil(durationMs / 1000),
  renewTime: microTime(now),
});

/** Kubernetes takes a `MicroTime` with six decimals and no others. */
const microTime = (now: number): string => new Date(now).toISOString().replace('Z', '000Z');
