import type { JsonObject } from '#contract/json.ts';
import { identityOf } from '#platform/kubernetes/metadata.ts';
import { type ContainerBounds, readBounds } from '../pod/bounds.ts';
import { follow, type Watching } from './follow.ts';

/** What the LimitRanges of each namespace demand of containers. */
export interface LimitRanges {
  /** Undefined of a namespace without any. */
  get(namespace: string): ContainerBounds | undefined;
  readonly synced: boolean;
}

/** Many times what there is; of more than these the pods are left to the API server, which refuses what does not fit. */
const MOST_NAMESPACES = 50_000;

export function followLimitRanges(watching: Watching): LimitRanges {
  const known = new Map<string, Map<string, JsonObject>>();
  const bounds = new Map<string, ContainerBounds>();
  let synced = false;
  follow(watching, { path: '/api/v1/limitranges', metadataOnly: false }, (event) => {
    if (event.type === 'synced') {
      synced = true;
      return;
    }
    const { namespace, name } = identityOf(event.object);
    const here = known.get(namespace) ?? new Map<string, JsonObject>();
    if (event.type === 'put') here.set(name, { spec: event.object['spec'] ?? null });
    else here.delete(name);
    if (here.size === 0 || (known.size >= MOST_NAMESPACES && !known.has(namespace))) {
      known.delete(namespace);
      bounds.delete(namespace);
    } else {
      known.set(namespace, here);
      bounds.set(namespace, readBounds([...here.values()]));
    }
  });
  return {
    get: (namespace) => bounds.get(namespace),
    get synced() {
      return synced;
    },
  };
}
