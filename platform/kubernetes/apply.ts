import type { JsonObject } from '#contract/json.ts';
import type { Kubernetes } from './client.ts';

/** A server-side apply: what the object should say, in our name. */
export interface Application {
  /** Of the object itself. */
  readonly path: string;
  /** With `apiVersion`, `kind` and `metadata.name`. A `metadata.uid` lets it change only that very object. */
  readonly object: JsonObject;
  readonly fieldManager: string;
  /** Takes fields from other managers; without it they are a conflict. */
  readonly force: boolean;
}

/**
 * Applies an object: creates it, or makes the fields it names as they are in it.
 *
 * @returns The whole object as it is now.
 * @throws {KubernetesError} `conflict` where `conflict` is `owned` (a field is another manager's, see `fields`) or `changed`
 *   (the uid or resourceVersion is not the object's, or there is no object to have it).
 */
export function applyObject(
  kubernetes: Kubernetes,
  { path, object, fieldManager, force }: Application,
  signal: AbortSignal,
): Promise<JsonObject> {
  const query = { fieldManager, force: String(force) };
  return kubernetes.request({ method: 'PATCH', path, query, body: object, type: 'apply' }, signal);
}
