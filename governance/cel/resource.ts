import { type JsonObject, textIn } from '#contract/json.ts';

/** A kind of object as the API server files it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural, as it stands in paths. */
  readonly resource: string;
  readonly subresource?: string;
}

/** Plurals that are not the kind in small letters with an s. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['Endpoints', 'endpoints'],
  ['Ingress', 'ingresses'],
  ['IngressClass', 'ingressclasses'],
  ['NetworkPolicy', 'networkpolicies'],
  ['PriorityClass', 'priorityclasses'],
  ['RuntimeClass', 'runtimeclasses'],
  ['StorageClass', 'storageclasses'],
  ['DeviceClass', 'deviceclasses'],
]);

/** Kinds that are in no namespace, of those that the policies or tenants are about. */
export const CLUSTER_KINDS: readonly string[] = ['Namespace'];

/** What the API server makes of a manifest's `apiVersion` and `kind`. */
export function resourceOf(object: JsonObject): Resource {
  const kind = textIn(object, 'kind');
  const [group, version] = groupAndVersion(textIn(object, 'apiVersion'));
  return { group, version, kind, resource: IRREGULAR.get(kind) ?? `${kind.toLowerCase()}s` };
}

function groupAndVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}
