import { type Json, objectIn, textIn } from '#contract/json.ts';
import type { Exchange } from './exchange.ts';
import { isAnswer, isVersion, versionIn } from './given.ts';

/** A version of a KV v2 secret that is known to exist, by the path that it is read from. */
export interface Existing {
  readonly path: string;
  readonly version: number;
  /** When it was made, if the answer says so. */
  readonly made: string;
}

/** Told by a write, by a read, and by a look at the metadata. */
export function existingBy(exchange: Exchange): Existing | undefined {
  const { data, mountType, operation, path } = exchange;
  if (!isAnswer(exchange) || (mountType !== 'kv' && mountType !== '')) return undefined;
  if (operation !== 'read') return existing(path, data['version'], textIn(data, 'created_time'));
  const made = textIn(objectIn(data, 'metadata'), 'created_time');
  return (
    existing(path, versionIn(exchange), made) ?? existing(dataPath(exchange), data['current_version'], '')
  );
}

const existing = (path: string, version: Json | undefined, made: string): Existing | undefined =>
  isVersion(version) ? { path, version, made } : undefined;

/** `secret/metadata/a` speaks of what is read from `secret/data/a`. */
function dataPath({ mount, path }: Exchange): string {
  const prefix = mount === '' ? path.slice(0, path.indexOf('/') + 1) : mount;
  return path.startsWith(`${prefix}metadata/`) ? `${prefix}data/${path.slice(prefix.length + 9)}` : path;
}

/** The path of a secret that is no more, with all its versions: the next one of that name begins at 1 again. */
export function forgottenBy(exchange: Exchange): string | undefined {
  const { error, mountType, operation, path } = exchange;
  const isGone = error === '' && operation === 'delete' && (mountType === 'kv' || mountType === '');
  const data = dataPath(exchange);
  return isGone && data !== path ? data : undefined;
}
