import { RELOAD_KINDS, type ReloadKind } from '#contract/reload.ts';
import type { InfisicalFolder } from '#contract/secret-source.ts';
import { inWords, isPrintable, type ValueParser } from './values.ts';

/** What a pod may ask for. Of what is absent it may ask for anything, but for images. */
export interface Limits {
  /** Roles of Vault to log in with. */
  readonly vaultRoles?: readonly string[];
  /** Paths of Vault, each with all below it. */
  readonly vaultPaths?: readonly string[];
  /** Folders of Infisical, each with all below it. */
  readonly infisicalFolders?: readonly InfisicalFolder[];
  /** Machine identities of Infisical to log in as. */
  readonly infisicalIdentities?: readonly string[];
  /** How it may be told of changes. */
  readonly reloads?: readonly ReloadKind[];
  /** Images of the agent besides the operator's own; absent: none. */
  readonly images?: readonly string[];
}

/** Limits, each of which is said or not. */
type SomeLimits = { readonly [Name in keyof Limits]-?: Limits[Name] | undefined };

/** Those that are said. */
export function saidLimits(some: SomeLimits): Limits {
  const { vaultRoles, vaultPaths, infisicalFolders, infisicalIdentities, reloads, images } = some;
  return {
    ...(vaultRoles && { vaultRoles }),
    ...(vaultPaths && { vaultPaths }),
    ...(infisicalFolders && { infisicalFolders }),
    ...(infisicalIdentities && { infisicalIdentities }),
    ...(reloads && { reloads }),
    ...(images && { images }),
  };
}

/** Names, separated by commas. */
export const parseNames: ValueParser<readonly string[]> = (text) => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.every((name) => isPrintable(name))
    ? { value: names }
    : { expected: 'names separated by commas, such as "team-a,team-b"' };
};

/** Ways to be told, separated by commas; `none` for no way at all. */
export const parseReloads: ValueParser<readonly ReloadKind[]> = (text) => {
  const words = text.split(',').map((word) => word.trim());
  if (words.length === 1 && words[0] === 'none') return { value: [] };
  const kinds = words.map((word) => RELOAD_KINDS.find((kind) => kind === word));
  return kinds.every((kind) => kind !== undefined)
    ? { value: kinds }
    : { expected: `"none", or some of ${inWords(RELOAD_KINDS)} separated by commas` };
};

const PLACEHOLDER = '{namespace}';

/** The limits with the name of the namespace where they leave it open: by one line, each namespace has paths of its own. */
export function limitsIn(limits: Limits, namespace: string): Limits {
  const named = (text: string): string => text.replaceAll(PLACEHOLDER, namespace);
  const { vaultRoles, vaultPaths, infisicalFolders } = limits;
  return {
    ...limits,
    ...(vaultRoles && { vaultRoles: vaultRoles.map(named) }),
    ...(vaultPaths && { vaultPaths: vaultPaths.map(named) }),
    ...(infisicalFolders && {
      infisicalFolders: infisicalFolders.map((one) => ({ ...one, folder: named(one.folder) })),
    }),
  };
}
