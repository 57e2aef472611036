import type { JsonObject } from '#contract/json.ts';

/** Who tells. */
export interface EventSource {
  /** Such as `sidekey-sync`. */
  readonly component: string;
  /** The process among several: its pod's name. */
  readonly instance: string;
}

/** What an Event is about. */
export interface Involved {
  readonly kind: string;
  readonly apiVersion: string;
  /** Empty for an object that is in no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface Occurrence {
  readonly involved: Involved;
  readonly type: 'Normal' | 'Warning';
  /** One word for machines, such as `SyncFailed`. */
  readonly reason: string;
  /** For people; never a secret. Cut after 1024 characters. */
  readonly note: string;
}

/** How often the same thing happened. Times in milliseconds since the epoch. */
export interface Repetition {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** The same for occurrences that are one Event with a count. */
export const keyOf = ({ involved, type, reason, note }: Occurrence): string =>
  JSON.stringify([involved.kind, involved.namespace, involved.name, involved.uid, type, reason, note]);

/** Where the Events about an object are. Of what is in no namespace they are in `default`. */
export const eventsPath = ({ namespace }: Involved): string =>
  `/api/v1/namespaces/${namespace === '' ? 'default' : namespace}/events`;

/** As much as the API server lets an Event say. */
const LONGEST_NOTE = 1024;

/** A new Event. */
export function eventBody(
  { component, instance }: EventSource,
  { involved, type, reason, note }: Occurrence,
  { count, first, last }: Repetition,
): JsonObject {
  const { namespace, ...rest } = involved;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${involved.name}.`, namespace: namespace === '' ? 'default' : namespace },
    involvedObject: { ...rest, ...(namespace === '' ? {} : { namespace }) },
    type,
    reason,
    message: note.slice(0, LONGEST_NOTE),
    source: { component },
    reportingComponent: component,
    reportingInstance: instance,
    count,
    firstTimestamp: timestamp(first),
    lastTimestamp: timestamp(last),
  };
}

/** What changes when it happens again. */
export const repetitionBody = ({ count, last }: Repetition): JsonObject => ({
  count,
  lastTimestamp: timestamp(last),
});

/** Kubernetes keeps whole seconds. */
const timestamp = (now: number): string => new Date(now).toISOString().replace(/\.\d+Z$/u, 'Z');
