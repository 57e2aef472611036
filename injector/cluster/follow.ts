import type { JsonObject } from '#contract/json.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { Watched } from '#platform/kubernetes/list.ts';
import { identityOf } from '#platform/kubernetes/metadata.ts';
import { watchResource, type WatchEvent, type WatchTools } from '#platform/kubernetes/watch.ts';
import type { Log } from '#platform/log.ts';

/** What every watch of the injector needs. */
export interface Watching {
  readonly kubernetes: Kubernetes;
  readonly tools: WatchTools;
  readonly log: Log;
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
}

/** One object of the API server, as it is now. */
export interface Followed {
  /** Undefined if there is none. */
  readonly object: JsonObject | undefined;
  /** False until it is known whether there is one. */
  readonly synced: boolean;
  /** Takes over what the API server answered to a write, before the watch tells of it. */
  note(object: JsonObject): void;
}

/** Where an object is: its kind's path, and its name. */
export interface Place {
  readonly path: string;
  readonly name: string;
}

/** Follows one object, and no other: that is all that its account has to be allowed. */
export function followObject(watching: Watching, { path, name }: Place, changed: () => void): Followed {
  let object: JsonObject | undefined;
  let synced = false;
  const fieldSelector = `metadata.name=${name}`;
  follow(watching, { path, metadataOnly: false, fieldSelector }, (event) => {
    if (event.type === 'synced') synced = true;
    else if (identityOf(event.object).name === name) object = event.type === 'put' ? event.object : undefined;
    changed();
  });
  return {
    get object() {
      return object;
    },
    get synced() {
      return synced;
    },
    note(written) {
      object = written;
      changed();
    },
  };
}

/** Tells of every object until the process ends. */
export function follow(
  { kubernetes, tools, signal, log }: Watching,
  watched: Watched,
  tell: (event: WatchEvent) => void,
): void {
  // One object that cannot be taken in is not to keep all others from it.
  const takeIn = (event: WatchEvent): void => {
    try {
      tell(event);
    } catch (error) {
      log.error({ path: watched.path, error: nameOf(error) }, 'Cannot take in an object');
    }
  };
  const run = async (): Promise<void> => {
    for await (const event of watchResource(kubernetes, watched, tools, signal)) takeIn(event);
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) log.fatal({ path: watched.path, error: nameOf(error) }, 'Cannot watch any more');
  });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
