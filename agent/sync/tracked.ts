import { annotationsIn, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { SecretState } from './metrics.ts';

/** A Secret that asks to be synced: what the watch tells of it, which never holds its data. */
export interface TrackedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
  state: SecretState;
  /** The resourceVersion in which it was left: news of it is no news. */
  settled?: string;
  /** How often in a row the API server has refused to take its values. */
  refusals: number;
}

export const keyOf = (object: JsonObject): string => {
  const metadata = objectIn(object, 'metadata');
  return `${textIn(metadata, 'namespace')}/${textIn(metadata, 'name')}`;
};

/** Takes note of a Secret, again if it was known. */
export function track(object: JsonObject, known: TrackedSecret | undefined): TrackedSecret {
  const metadata = objectIn(object, 'metadata');
  const uid = textIn(metadata, 'uid');
  const same = known?.uid === uid ? known : undefined;
  return {
    namespace: textIn(metadata, 'namespace'),
    name: textIn(metadata, 'name'),
    uid,
    annotations: annotationsIn(object),
    state: same?.state ?? 'waiting',
    refusals: same?.refusals ?? 0,
    ...(same?.settled === undefined ? {} : { settled: same.settled }),
  };
}

export const secretPath = ({ namespace, name }: Pick<TrackedSecret, 'namespace' | 'name'>): string =>
  `/api/v1/namespaces/${namespace}/secrets/${name}`;
