import { SOURCE_KEY, SYNC_KEY } from '#contract/secret-sync.ts';
import type { SyncProblem, SyncReason } from '../../agent/sync/decide/problem.ts';
import { dataKeysOf } from './data-key.ts';
import { describePath, type Finding } from './finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type KnownNamespace, textAnnotations } from './namespace.ts';

/** A problem as the sync would tell it, at the place in the file that it is about. */
export function locateProblem(
  problem: SyncProblem,
  manifest: Manifest,
  known: KnownNamespace | undefined,
): Finding {
  const message = problem.reason === 'missing_key' ? NOT_NAMED : problem.message;
  const ofNamespace = OF_NAMESPACE.exec(message)?.groups?.['key'];
  if (ofNamespace !== undefined) {
    const place = known?.at(ofNamespace) ?? manifest.place;
    return {
      effect: 'unsynced',
      place,
      subject: ofNamespace,
      message: message.slice(ofNamespace.length + 1),
    };
  }
  const annotation = Object.keys(textAnnotations(manifest.value)).find((key) =>
    message.startsWith(`${key} `),
  );
  const path = annotation === undefined ? pathOf(problem, manifest) : ['metadata', 'annotations', annotation];
  return {
    effect: 'unsynced',
    place: manifest.at(path),
    subject: describePath(path),
    message: annotation === undefined ? message : message.slice(annotation.length + 1),
  };
}

/** The sync would say that the source has no such key; here that is known without looking. */
const NOT_NAMED =
  'is there to be filled, and no annotation asks for it: add it to sidekey.dev/keys, or leave it out';

const OF_NAMESPACE = /^(?<key>\S+) of the namespace /u;

function pathOf({ reason, message }: SyncProblem, manifest: Manifest): readonly string[] {
  if (reason === 'immutable') return ['immutable'];
  const field = ABOUT_DATA.has(reason) ? fieldIn(message, manifest) : undefined;
  return (
    field ?? [
      'metadata',
      'annotations',
      SOURCE_KEY in textAnnotations(manifest.value) ? SOURCE_KEY : SYNC_KEY,
    ]
  );
}

const ABOUT_DATA: ReadonlySet<SyncReason> = new Set(['conflict', 'missing_key', 'too_large']);

/** The first key of the data that the sentence names. */
function fieldIn(message: string, { value }: Manifest): readonly string[] | undefined {
  const words = new Set(message.split(/[\s,;:=]+/u));
  const found = dataKeysOf(value).find(({ key }) => words.has(key));
  return found && [found.field, found.key];
}
