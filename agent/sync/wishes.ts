import { refKey, type SecretRef } from '../provider/provider.ts';

/** Which Secrets are made of what: each place of a store is asked once, however many Secrets want it. */
export interface Wishes {
  /** Notes what a Secret is made of now. True if something is wanted that was not, or is not any more. */
  set(secret: string, refs: readonly SecretRef[]): boolean;
  /** The Secrets that are made of what has this key (`refKey`). */
  usersOf(key: string): readonly string[];
  /** The Secrets that are made of something of a kind. */
  usersWhere(holds: (ref: SecretRef) => boolean): readonly string[];
  /** Everything that is wanted, each once. */
  all(): readonly SecretRef[];
}

interface Wish {
  readonly ref: SecretRef;
  readonly users: Set<string>;
}

export function createWishes(): Wishes {
  const wishes = new Map<string, Wish>();
  const bySecret = new Map<string, ReadonlySet<string>>();
  const drop = (key: string, secret: string): boolean => {
    const wish = wishes.get(key);
    wish?.users.delete(secret);
    return wish?.users.size === 0 && wishes.delete(key);
  };
  const add = (key: string, ref: SecretRef, secret: string): boolean => {
    const wish = wishes.get(key);
    if (wish) wish.users.add(secret);
    else wishes.set(key, { ref, users: new Set([secret]) });
    return wish === undefined;
  };
  return {
    set(secret, refs) {
      const wanted = new Map(refs.map((ref) => [refKey(ref), ref]));
      const before = bySecret.get(secret) ?? new Set<string>();
      const dropped = [...before].filter((key) => !wanted.has(key)).map((key) => drop(key, secret));
      const added = [...wanted]
        .filter(([key]) => !before.has(key))
        .map(([key, ref]) => add(key, ref, secret));
      if (wanted.size === 0) bySecret.delete(secret);
      else bySecret.set(secret, new Set(wanted.keys()));
      return [...dropped, ...added].includes(true);
    },
    usersOf: (key) => [...(wishes.get(key)?.users ?? [])],
    usersWhere: (holds) => [
      ...new Set([...wishes.values()].filter(({ ref }) => holds(ref)).flatMap(({ users }) => [...users])),
    ],
    all: () => [...wishes.values()].map(({ ref }) => ref),
  };
}
