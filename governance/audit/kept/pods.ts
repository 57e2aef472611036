/** A pod of the cluster, as far as the API server's log tells. */
export interface PodFacts {
  readonly namespace?: string;
  readonly name?: string;
  readonly node?: string;
  readonly accelerators?: string;
  readonly createdBy?: string;
  /** When it was made, in milliseconds since 1970. */
  readonly made?: number;
}

/** What became of the pods. It does not matter in which order it is told. */
export interface Pods {
  /** More is known of a pod. */
  know(uid: string, facts: PodFacts): void;
  facts(uid: string): PodFacts;
  /** This very pod is gone. */
  deleted(uid: string): void;
  /** Whatever pod had the name then is gone; an empty name stands for all of the namespace. */
  deletedByName(namespace: string, name: string, at: number): void;
  /** True if a pod that was alive then is gone. */
  isGone(uid: string, pod: { readonly namespace: string; readonly name: string }, alive: number): boolean;
}

export function createPods(): Pods {
  const known = new Map<string, PodFacts>();
  const gone = new Set<string>();
  const lastDeletions = new Map<string, number>();
  const deletedAfter = (name: string, at: number): boolean =>
    (lastDeletions.get(name) ?? Number.NEGATIVE_INFINITY) >= at;
  return {
    know(uid, facts) {
      known.set(uid, { ...known.get(uid), ...facts });
    },
    facts: (uid) => known.get(uid) ?? {},
    deleted: (uid) => void gone.add(uid),
    deletedByName(namespace, name, at) {
      const key = nameOf(namespace, name);
      lastDeletions.set(key, Math.max(at, lastDeletions.get(key) ?? at));
    },
    isGone(uid, { namespace, name }, alive) {
      const since = Math.max(alive, known.get(uid)?.made ?? alive);
      const names = [nameOf(namespace, name), nameOf(namespace, '')];
      return gone.has(uid) || names.some((one) => deletedAfter(one, since));
    },
  };
}

const nameOf = (namespace: string, name: string): string => `${namespace}/${name}`;
