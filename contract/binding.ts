import {
  describeFolder,
  type InfisicalFolder,
  parseInfisicalFolder,
  type Read,
  type SecretSource,
} from './secret-source.ts';

/** On a namespace: the folders of Infisical, each with all below it, that it may have secrets from. */
export const INFISICAL_BINDING_KEY = 'sidekey.dev/infisical';

/** On a namespace: the paths of Vault, each with all below it, that it may have secrets from. */
export const VAULT_BINDING_KEY = 'sidekey.dev/vault-paths';

/** On a namespace: the roles of Vault or OpenBao that its pods may log in with, separated by commas. */
export const VAULT_ROLES_KEY = 'sidekey.dev/vault-roles';

/** On a namespace: the machine identities of Infisical that its pods may name, separated by commas. */
export const INFISICAL_IDENTITIES_KEY = 'sidekey.dev/infisical-identities';

const INFISICAL_FORM =
  'a list such as "ml/prod/team-a,ml/dev": <project>/<environment>/<folder>, separated by commas';
const VAULT_FORM = 'a list of paths such as "secret/data/team-a,database/creds/team-a", separated by commas';

/** What the secrets of a namespace may be made of. Nothing, where its annotations say nothing. */
export interface Binding {
  readonly infisical: readonly InfisicalFolder[];
  readonly vaultPaths: readonly string[];
}

/** Reads `sidekey.dev/infisical` of a namespace. The empty text binds to nothing. */
export function parseInfisicalBinding(text: string): Read<readonly InfisicalFolder[]> {
  const folders = entries(text).map(parseInfisicalFolder);
  return folders.every((folder) => folder !== undefined) ? { value: folders } : { expected: INFISICAL_FORM };
}

/** Reads `sidekey.dev/vault-paths` of a namespace. The empty text binds to nothing. */
export function parseVaultBinding(text: string): Read<readonly string[]> {
  const paths = entries(text).map((path) => path.replace(/^\/+|\/?\*?$/gu, ''));
  const sound = paths.every((path) =>
    path.split('/').every((part) => /^(?!\.{1,2}$)[^\s*?#"\\]+$/u.test(part)),
  );
  return sound ? { value: paths } : { expected: VAULT_FORM };
}

const entries = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/**
 * True if a namespace so bound may have the secret. Projects are compared as they are written, so one that is bound by its
 * slug has to be named by its slug.
 */
export function isBound(binding: Binding, source: SecretSource): boolean {
  if (source.store === 'vault') {
    const [path = ''] = source.path.split('?');
    return binding.vaultPaths.some((prefix) => isWithin(path, prefix));
  }
  return binding.infisical.some(
    ({ project, environment, folder }) =>
      project === source.project &&
      environment === source.environment &&
      (folder === '/' || isWithin(source.folder, folder)),
  );
}

const isWithin = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);

/** What a namespace is bound to, for a person to read. */
export function describeBinding({ infisical, vaultPaths }: Binding): string {
  const all = [
    ...infisical.map((folder) => `infisical:${describeFolder(folder)}`),
    ...vaultPaths.map((path) => `vault:${path}`),
  ];
  return all.length === 0 ? 'nothing' : all.join(', ');
}
