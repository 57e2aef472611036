import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { PolicySettings } from '../policy/settings.ts';
import { ENFORCEMENT_LABEL } from '../tenancy.ts';

/** What becomes of a denial in a namespace: it is refused, it is only told and recorded, or nobody looks. */
export type Enforcement = 'deny' | 'audit' | 'exempt';

/** How the bindings take a Namespace. */
export function bindingFor(
  { exemptNamespaces }: Pick<PolicySettings, 'exemptNamespaces'>,
  namespaceObject: JsonObject,
): Enforcement {
  const metadata = objectIn(namespaceObject, 'metadata');
  if (exemptNamespaces.includes(textIn(metadata, 'name'))) return 'exempt';
  return textIn(objectIn(metadata, 'labels'), ENFORCEMENT_LABEL) === 'audit' ? 'audit' : 'deny';
}
