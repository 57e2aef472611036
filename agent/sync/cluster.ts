import { annotationsIn, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { asksForSync } from '#contract/secret-sync.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { versionOf } from '#platform/kubernetes/metadata.ts';
import { watchResource, type WatchTools } from '#platform/kubernetes/watch.ts';
import { type BoundNamespace, readNamespace } from './decide/namespace.ts';
import { keyOf, track, type TrackedSecret } from './tracked.ts';

/** What the watches know: the Secrets that ask to be synced, and what their namespaces are bound to. */
export interface Cluster {
  readonly secrets: Map<string, TrackedSecret>;
  /** Undefined if it is not known yet: the watches are not always in step. */
  boundNamespace(name: string): BoundNamespace | undefined;
  /** True once everything there is has been seen. */
  readonly synced: boolean;
}

/**
 * Watches namespaces and the metadata of Secrets until stopped. `changed` is told of each Secret that may have to be looked
 * at. A Secret is told of only when its namespace is known.
 */
export function watchCluster(
  kubernetes: Kubernetes,
  changed: (key: string) => void,
  tools: WatchTools,
  stop: AbortSignal,
): Cluster & { readonly end: Promise<unknown> } {
  const namespaces = new Map<string, BoundNamespace>();
  const secrets = new Map<string, TrackedSecret>();
  const cluster = { synced: false };

  async function followNamespaces(known: () => void): Promise<void> {
    const watched = { path: '/api/v1/namespaces', metadataOnly: true };
    for await (const event of watchResource(kubernetes, watched, tools, stop)) {
      if (event.type === 'synced') {
        known();
        continue;
      }
      const name = textIn(objectIn(event.object, 'metadata'), 'name');
      if (!rebind(namespaces, name, event.type === 'put' ? event.object : undefined)) continue;
      const inside = [...secrets].filter(([, { namespace }]) => namespace === name);
      for (const [key] of inside) changed(key);
    }
  }

  async function followSecrets(): Promise<void> {
    const watched = { path: '/api/v1/secrets', metadataOnly: true };
    for await (const event of watchResource(kubernetes, watched, tools, stop)) {
      if (event.type === 'synced') cluster.synced = true;
      else if (note(secrets, event.type, event.object)) changed(keyOf(event.object));
    }
  }

  const known = Promise.withResolvers<void>();
  return {
    secrets,
    boundNamespace: (name) => namespaces.get(name),
    get synced() {
      return cluster.synced;
    },
    end: Promise.all([followNamespaces(known.resolve), known.promise.then(followSecrets)]),
  };
}

/** True if the namespace is bound to something else than before, or was not known. */
function rebind(
  namespaces: Map<string, BoundNamespace>,
  name: string,
  object: JsonObject | undefined,
): boolean {
  const before = namespaces.get(name);
  const after = object && readNamespace(annotationsIn(object));
  if (after) namespaces.set(name, after);
  else namespaces.delete(name);
  return JSON.stringify(before) !== JSON.stringify(after);
}

/** True if there is something to look at. What is known of Secrets that ask for nothing is not kept. */
function note(secrets: Map<string, TrackedSecret>, type: 'put' | 'deleted', object: JsonObject): boolean {
  const key = keyOf(object);
  const before = secrets.get(key);
  if (type === 'put' && asksForSync(annotationsIn(object))) {
    const now = track(object, before);
    secrets.set(key, now);
    return now.settled !== versionOf(object);
  }
  return secrets.delete(key);
}
