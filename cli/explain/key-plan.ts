import type { JsonObject } from '#contract/json.ts';
import type { SyncRequest } from '../../agent/sync/decide/request.ts';
import { dataKeysOf } from './data-key.ts';

/** A key of a Secret, and where its value is to come from. */
export interface KeyPlan {
  readonly key: string;
  /**
   * - `source`: `name` at the source
   * - `template`: rendered from a template, of the secrets in `refs`
   * - `manifest`: a value of its own, which stays
   */
  readonly from: 'source' | 'template' | 'manifest';
  readonly name?: string;
  readonly refs?: readonly string[];
  /** What the manifest has in its place. */
  readonly replaces?: 'placeholder' | 'value';
}

/** The keys that are sure to be asked for, with what they are called at the source; undefined: all that it has. */
export function namedKeys({ source, keys }: SyncRequest): ReadonlyMap<string, string> | undefined {
  if (keys !== undefined) return keys;
  if (source === undefined) return new Map();
  return source.key === undefined ? undefined : new Map([[source.key, source.key]]);
}

/** Each key that is known by name, sorted. `refs` are the secrets of each template. */
export function planKeys(
  secret: JsonObject,
  request: SyncRequest,
  refs: ReadonlyMap<string, readonly string[]>,
): readonly KeyPlan[] {
  const data = dataKeysOf(secret);
  const replaced = new Map(
    data.flatMap(({ key, holds }) => (holds === 'own' ? [] : [[key, REPLACED[holds]] as const])),
  );
  const named = namedKeys(request) ?? new Map([...replaced.keys()].map((key) => [key, key]));
  const placed = (plan: KeyPlan): KeyPlan => {
    const replaces = replaced.get(plan.key);
    return replaces === undefined ? plan : { ...plan, replaces };
  };
  const plans = new Map<string, KeyPlan>();
  for (const [key, name] of named) plans.set(key, placed({ key, from: 'source', name }));
  for (const [key, used] of refs) plans.set(key, placed({ key, from: 'template', refs: used }));
  for (const { key, holds } of data) if (holds === 'own') plans.set(key, { key, from: 'manifest' });
  return [...plans.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

const REPLACED = { open: 'placeholder', misplaced: 'placeholder', given: 'value' } as const;
