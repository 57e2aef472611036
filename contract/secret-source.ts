/** Which secret is meant: one value of it, or all that is at a place. */
export type SecretSource = VaultSource | InfisicalSource;

/** A path of Vault or OpenBao as its API has it, such as `secret/data/ml/api-key`; it may carry a query (`?version=3`). */
export interface VaultSource {
  readonly store: 'vault';
  /** Without leading or trailing slashes. */
  readonly path: string;
  /** A field of the secret; absent: all of them. */
  readonly key?: string;
}

/** A folder of Infisical. */
export interface InfisicalSource extends InfisicalFolder {
  readonly store: 'infisical';
  /** The name of one secret; absent: all of the folder. */
  readonly key?: string;
}

/** A folder in an environment of a project. */
export interface InfisicalFolder {
  /** An id or a slug. */
  readonly project: string;
  readonly environment: string;
  /** Absolute: `/` or `/a/b`. */
  readonly folder: string;
}

/** A value, or what was expected in its place, to complete "expected …". */
export type Read<T> = { readonly value: T } | { readonly expected: string };

export const SOURCE_FORM =
  '"vault:<path>", "vault:<path>#<field>", "infisical:<project>/<environment>/<folder>" or "infisical:<project>/<environment>/<folder>#<KEY>"';

/**
 * Reads a source in the form of `SOURCE_FORM`: store, place and key. No part holds what one line cannot show, nor quotes or
 * backslashes, which end or change a text.
 */
export function parseSecretSource(text: string): Read<SecretSource> {
  // Patterns of this size are made when they are needed, for the start of an agent counts.
  const pattern =
    /^(vault|infisical):([^#"\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+)(?:#([^"\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+))?$/u;
  const [, store, place = '', key] = pattern.exec(text.trim()) ?? [];
  const found = store === 'vault' ? parseVault(place) : parseInfisical(place);
  if (found === undefined) return { expected: SOURCE_FORM };
  return { value: key === undefined ? found : { ...found, key } };
}

function parseVault(text: string): VaultSource | undefined {
  const path = text.replace(/^\/+|\/+$/gu, '');
  const [location = ''] = path.split('?');
  return isPlain(location) ? { store: 'vault', path } : undefined;
}

function parseInfisical(text: string): InfisicalSource | undefined {
  const folder = parseInfisicalFolder(text);
  return folder && { store: 'infisical', ...folder };
}

/** `<project>/<environment>/<folder>`, whatever slashes stand around the folder; undefined if it is none. */
export function parseInfisicalFolder(text: string): InfisicalFolder | undefined {
  const [project = '', environment = '', ...rest] = text.trim().split('/');
  const folders = rest.filter((part) => part !== '');
  if (![project, environment, ...folders].every(isPlain)) return undefined;
  return { project, environment, folder: `/${folders.join('/')}` };
}

/** True for a path of one part or more that does not climb. */
function isPlain(path: string): boolean {
  return path.split('/').every((part) => isPart(part) && part !== '.' && part !== '..');
}

const isPart = (text: string): boolean => /^(?! *$)[^"\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u.test(text);

/** The source as it is written. */
export function describeSource(source: SecretSource): string {
  const key = source.key === undefined ? '' : `#${source.key}`;
  return source.store === 'vault'
    ? `vault:${source.path}${key}`
    : `infisical:${describeFolder(source)}${key}`;
}

/** `<project>/<environment>/<folder>`, the folder without slashes around it. */
export function describeFolder({ project, environment, folder }: InfisicalFolder): string {
  return folder === '/' ? `${project}/${environment}` : `${project}/${environment}${folder}`;
}
