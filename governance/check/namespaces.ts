import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Tenancy } from '../tenant/platform.ts';
import { kubernetesObjects } from '../tenant/render.ts';
import type { Tenant } from '../tenant/tenant.ts';

/** A namespace as the policies would see it. */
export interface KnownNamespace {
  readonly name: string;
  readonly object: JsonObject;
  /** Whose it is; absent if no tenant declares it. */
  readonly tenant?: Tenant;
  /** Whether anybody says what it is like. */
  readonly isDeclared: boolean;
}

/** All namespaces that are declared: by tenants, or else by a Namespace among the manifests. */
export function declaredNamespaces(
  tenancy: Tenancy,
  manifests: readonly JsonObject[],
): ReadonlyMap<string, KnownNamespace> {
  const found = manifests.filter(isNamespace).map((object): KnownNamespace => {
    const name = textIn(objectIn(object, 'metadata'), 'name');
    return { name, object: served(object, name), isDeclared: true };
  });
  const rendered = tenancy.tenants.flatMap((tenant) =>
    kubernetesObjects(tenancy, tenant)
      .filter(isNamespace)
      .map((object): KnownNamespace => {
        const name = textIn(objectIn(object, 'metadata'), 'name');
        return { name, object: served(object, name), tenant, isDeclared: true };
      }),
  );
  return new Map([...found, ...rendered].map((one) => [one.name, one]));
}

/** One that nobody declares may have nothing. */
export const bareNamespace = (name: string): KnownNamespace => ({
  name,
  object: served({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, name),
  isDeclared: false,
});

export const isNamespace = (object: JsonObject): boolean =>
  object['apiVersion'] === 'v1' && object['kind'] === 'Namespace';

/** With the label that the API server puts on every namespace. */
function served(object: JsonObject, name: string): JsonObject {
  const metadata = objectIn(object, 'metadata');
  const labels = { ...objectIn(metadata, 'labels'), 'kubernetes.io/metadata.name': name };
  return { ...object, metadata: { ...metadata, labels } };
}
