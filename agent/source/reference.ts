import type { SecretSource } from '#contract/secret-source.ts';
import type { SecretRef } from '../provider/provider.ts';

/** What the store is asked for: one secret of Infisical by its name, else all that is at the place. */
export function referenceOf(source: SecretSource): SecretRef {
  if (source.store === 'vault')
    return { store: 'vault', operation: 'read', path: source.path, parameters: {} };
  const { project, environment, folder, key } = source;
  const path = `${project}/${environment}${folder === '/' ? '' : folder}`;
  return key === undefined
    ? { store: 'infisical', operation: 'list', path, parameters: {} }
    : { store: 'infisical', operation: 'read', path, parameters: { name: key } };
}
