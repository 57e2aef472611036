import { annotationsIn, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Edition } from './decide/edition.ts';
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
  /** What it was left as. */
  edition?: Edition;
  /** How often in a row the API server has refused to take its values. */
  refusals: number;
}

export const keyOf = (object: JsonObject): string => {
  const metadata = objectIn(object, 'metadata');
  return `${textIn(metadata, 'namespace')}/${textIn(metadata, 'name')}`;
};

/** Takes note of a Secret, again if it was known. Of another one with its name nothing is known. */
export function track(object: JsonObject, known: TrackedSecret | undefined): TrackedSecret {
  const metadata = objectIn(object, 'metadata');
  const uid = textIn(metadata, 'uid');
  return {
    namespace: textIn(metadata, 'namespace'),
    name: textIn(metadata, 'name'),
    uid,
    annotations: annotationsIn(object),
    ...(known?.uid === uid ? experienceOf(known) : INEXPERIENCED),
  };
}

type Experience = Pick<TrackedSecret, 'state' | 'settled' | 'edition' | 'refusals'>;

const INEXPERIENCED: Experience = { state: 'waiting', refusals: 0 };

const experienceOf = ({ state, settled, edition, refusals }: TrackedSecret): Experience => ({
  state,
  refusals,
  ...(settled !== undefined && { settled }),
  ...(edition && { edition }),
});

export const secretPath = ({ namespace, name }: Pick<TrackedSecret, 'namespace' | 'name'>): string =>
  `/api/v1/namespaces/${namespace}/secrets/${name}`;
