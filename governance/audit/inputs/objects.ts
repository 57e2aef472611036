import { annotationsIn, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { parseQuantity } from '#contract/quantity.ts';
import { OWNER_KEY, TENANT_LABEL } from '../../tenancy.ts';
import { type Document, groupOf } from './document.ts';

/** What a quota allows of a resource, and how much of it is in use. */
export interface Use {
  readonly hard: string;
  readonly used: string;
}

/** What is known of the cluster as it is, from `kubectl get … -o json`. Nothing is taken out of a Secret but its annotations. */
export interface Objects {
  /** By namespace, then by resource. */
  readonly quotas: ReadonlyMap<string, ReadonlyMap<string, Use>>;
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  /** Undefined if nobody said which pods there are. */
  readonly pods: ReadonlySet<string> | undefined;
  /** Secrets whose sync was switched off. */
  readonly unsynced: readonly { readonly namespace: string; readonly name: string; readonly file: string }[];
}

export interface NamespaceFacts {
  readonly tenant: string;
  readonly owner: string;
}

const OPT_OUT = 'infisical.com/secret-sync';

export function readObjects(documents: readonly Document[]): Objects {
  const core = documents.filter(({ object }) => groupOf(object) === '');
  const ofKind = (kind: string): readonly JsonObject[] =>
    core.map(({ object }) => object).filter((object) => object['kind'] === kind);
  const pods = ofKind('Pod').map((pod) => textIn(objectIn(pod, 'metadata'), 'uid'));
  return {
    quotas: quotasOf(ofKind('ResourceQuota')),
    namespaces: new Map(ofKind('Namespace').map((namespace) => [nameOf(namespace), factsOf(namespace)])),
    pods: pods.length === 0 ? undefined : new Set(pods),
    unsynced: core
      .filter(({ object }) => object['kind'] === 'Secret' && annotationsIn(object)[OPT_OUT] === 'false')
      .map(({ object, file }) => ({ namespace: namespaceOf(object), name: nameOf(object), file })),
  };
}

const nameOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'name');
const namespaceOf = (object: JsonObject): string => textIn(objectIn(object, 'metadata'), 'namespace');

const factsOf = (namespace: JsonObject): NamespaceFacts => ({
  tenant: textIn(objectIn(objectIn(namespace, 'metadata'), 'labels'), TENANT_LABEL),
  owner: annotationsIn(namespace)[OWNER_KEY] ?? '',
});

/** Of several quotas the tightest holds. */
function quotasOf(quotas: readonly JsonObject[]): ReadonlyMap<string, ReadonlyMap<string, Use>> {
  const all = new Map<string, Map<string, Use>>();
  for (const quota of quotas) {
    const uses = all.get(namespaceOf(quota)) ?? new Map<string, Use>();
    all.set(namespaceOf(quota), uses);
    const status = objectIn(quota, 'status');
    const [hard, used] = [objectIn(status, 'hard'), objectIn(status, 'used')];
    for (const resource of Object.keys(hard)) {
      const use = { hard: textIn(hard, resource), used: textIn(used, resource) };
      if (isTighter(use, uses.get(resource))) uses.set(resource, use);
    }
  }
  return all;
}

const isTighter = (one: Use, other: Use | undefined): boolean =>
  other === undefined || (parseQuantity(one.hard) ?? 0n) < (parseQuantity(other.hard) ?? 0n);
