import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { forgetOldest } from '../kept/oldest.ts';
import { shownNames } from '../shown.ts';
import type { ApiEvent } from './event.ts';

/** Labels and annotations of a Namespace that say what its pods may have. */
const TENANCY = /^(?:sidekey\.dev|pod-security\.kubernetes\.io)\/|^resource\.kubernetes\.io\/admin-access$/u;

/** The same, wherever in a patch. */
const IN_PATCH = /(?:sidekey\.dev|pod-security\.kubernetes\.io|resource\.kubernetes\.io)(?:\/|~1)[\w.-]+/gu;

/** Remembers what namespaces may have, to say what of it changed. */
export interface TenancyMemory {
  /** Which labels and annotations; undefined if none. */
  changed(event: ApiEvent): string | undefined;
}

/** Beyond so many namespaces the oldest are forgotten, and their next change is told with less certainty. */
const MOST_NAMESPACES = 100_000;

type Tenancy = ReadonlyMap<string, string>;

export function createTenancyMemory(): TenancyMemory {
  const known = new Map<string, Tenancy>();
  return {
    changed(event) {
      const before = event.verb === 'create' ? new Map<string, string>() : known.get(event.name);
      const after = tenancyIn(event.responseObject);
      if (after !== undefined) known.set(event.name, after);
      forgetOldest(known, MOST_NAMESPACES);
      if (event.verb.startsWith('delete'))
        return (after ?? before)?.size === 0 ? undefined : 'the namespace was deleted';
      if (after === undefined) return 'perhaps: the log does not hold what was written';
      return before === undefined ? guess(event, after) : shownNames(differences(before, after));
    },
  };
}

/** Undefined if the object is not in the log. */
function tenancyIn(namespace: JsonObject): Tenancy | undefined {
  if (namespace['kind'] !== 'Namespace') return undefined;
  const metadata = objectIn(namespace, 'metadata');
  const keys = (field: string): [string, string][] =>
    Object.keys(objectIn(metadata, field)).map((key) => [key, textIn(objectIn(metadata, field), key)]);
  return new Map([...keys('labels'), ...keys('annotations')].filter(([key]) => TENANCY.test(key)));
}

const differences = (before: Tenancy, after: Tenancy): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));

/** What a patch speaks of; of a whole object that was written nobody knows what there was before. */
function guess({ object, verb }: ApiEvent, after: Tenancy): string | undefined {
  if (verb !== 'patch')
    return after.size === 0 ? undefined : 'perhaps: the log does not hold what there was before';
  const patch = JSON.stringify(object['requestObject'] ?? null);
  return shownNames([...patch.matchAll(IN_PATCH)].map(([key]) => key.replace('~1', '/')));
}
