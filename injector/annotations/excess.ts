import { type Binding, describeBinding, isBound } from '#contract/binding.ts';
import type { ReloadKind } from '#contract/reload.ts';
import { parseSecretSource, type SecretSource } from '#contract/secret-source.ts';
import { DROP_IN, dropIn, native } from './families.ts';
import type { InjectedFile, Injection } from './injection.ts';
import type { Excess, LimitRule } from './limit-rule.ts';
import type { Limits } from './limits.ts';
import type { Annotations } from './request.ts';
import { type TemplateRead, templateReads } from './template-reads.ts';
import { inWords, quoted } from './values.ts';
import { METHOD_KEYS } from './vault-login.ts';

/** Everything by which a pod goes beyond its limits. Each problem names the annotation and what is allowed. */
export function excesses(injection: Injection, annotations: Annotations, limits: Limits): readonly Excess[] {
  return [
    ...roleExcess(injection, annotations, limits),
    ...identityExcess(injection, annotations, limits),
    ...injection.files.flatMap((file) => placeExcesses(file, limits)),
    ...reloadExcesses(injection, limits),
  ];
}

const list = (words: readonly string[]): string => (words.length === 0 ? 'nothing' : inWords(words));

const present = (annotations: Annotations, keys: readonly string[]): string | undefined =>
  keys.find((key) => annotations[key] !== undefined);

const ROLE_KEYS = [native('vault-role'), dropIn('role'), dropIn('auth-config-role')];

/** Roles belong to methods by which a pod logs in as its own account; what else it may be given belongs to no namespace. */
function roleExcess(
  { vault }: Injection,
  annotations: Annotations,
  { vaultRoles: allowed }: Limits,
): readonly Excess[] {
  if (vault === undefined || allowed === undefined) return [];
  const { auth } = vault;
  if (auth.method !== 'kubernetes' && auth.method !== 'jwt') {
    const key = present(annotations, METHOD_KEYS) ?? native('vault-auth');
    const message = `is "${auth.method}", where roles are limited; expected "kubernetes" or "jwt", with a role of ${list(allowed)}`;
    return [{ rule: 'role', key, message }];
  }
  if (auth.role === '' || allowed.includes(auth.role)) return [];
  const key = present(annotations, ROLE_KEYS) ?? native('vault-role');
  return [
    { rule: 'role', key, message: `is ${quoted(auth.role)}; allowed in this namespace: ${list(allowed)}` },
  ];
}

/** A pod that names no identity has the one that was chosen for it; a client's id and secret may be those of any. */
function identityExcess(
  { infisical }: Injection,
  annotations: Annotations,
  { infisicalIdentities: allowed }: Limits,
): readonly Excess[] {
  if (infisical === undefined || allowed === undefined) return [];
  const { auth } = infisical;
  if (auth.method !== 'kubernetes') {
    const key = native('infisical-auth');
    const message = `is "${auth.method}", where identities are limited; expected "kubernetes", as ${list(allowed)}`;
    return annotations[key] === undefined ? [] : [{ rule: 'identity', key, message }];
  }
  const key = native('infisical-identity');
  if (annotations[key] === undefined || allowed.includes(auth.identityId)) return [];
  const message = `is ${quoted(auth.identityId)}; allowed in this namespace: ${list(allowed)}`;
  return [{ rule: 'identity', key, message }];
}

function placeExcesses(file: InjectedFile, limits: Limits): readonly Excess[] {
  // To find what a template reads takes longer than most of a decision.
  if (limits.vaultPaths === undefined && limits.infisicalFolders === undefined) return [];
  if ('templateFile' in file) return unknownExcess(file.key, limits);
  // Its own token may be known to whoever may log in.
  const isToken = file.key === dropIn('agent-inject-token');
  const found = 'source' in file && !isToken ? [placeExcess(file.key, file.source, limits)] : [];
  const reads = 'template' in file ? templateReads(file.template) : [];
  const all = [...found, ...reads.map((read) => readExcess(file.key, read, limits))];
  return all.filter((one) => one !== undefined);
}

function placeExcess(key: string, source: SecretSource, limits: Limits): Excess | undefined {
  const { rule, binding } = boundOf(source.store, limits);
  if (binding === undefined || isWithin(binding, source)) return undefined;
  return { rule, key, message: beyond(placeText(source), binding) };
}

/** The limit that counts for a store; undefined where there is none. */
function boundOf(
  store: SecretSource['store'],
  { vaultPaths, infisicalFolders }: Limits,
): { readonly rule: LimitRule; readonly binding?: Binding } {
  const none = { infisical: [], vaultPaths: [] };
  if (store === 'vault') return { rule: 'path', ...(vaultPaths && { binding: { ...none, vaultPaths } }) };
  return { rule: 'folder', ...(infisicalFolders && { binding: { ...none, infisical: infisicalFolders } }) };
}

/** A dot or a slash in disguise may lead elsewhere, for a store reads addresses as they are meant. */
const isWithin = (binding: Binding, source: SecretSource): boolean =>
  isBound(binding, source) && !/%(?:2[ef]|5c)/iu.test(placeText(source));

const beyond = (place: string, binding: Binding): string =>
  `reads ${quoted(place)}; allowed in this namespace, each with all below it: ${describeBinding(binding)}`;

const placeText = (source: SecretSource): string =>
  source.store === 'vault' ? source.path : `${source.project}/${source.environment}${source.folder}`;

/** What a template in a file reads is known to nobody before it is there. */
function unknownExcess(key: string, { vaultPaths }: Limits): readonly Excess[] {
  if (vaultPaths === undefined) return [];
  const message =
    'names a file, of which nobody knows what it reads, where paths are limited; expected the template itself in agent-inject-template-X';
  return [{ rule: 'path', key, message }];
}

/** What is computed may be anything, so it is beyond every limit. */
function readExcess(key: string, { store, place }: TemplateRead, limits: Limits): Excess | undefined {
  const { rule, binding } = boundOf(store, limits);
  if (binding === undefined) return undefined;
  const parts = place.filter((part) => part !== undefined);
  if (parts.length < place.length) {
    const expected = `a ${rule} that stands in the template as a text, for here it is limited to ${describeBinding(binding)}`;
    return {
      rule,
      key,
      message: `computes what it reads of ${store === 'vault' ? 'Vault' : 'Infisical'}; expected ${expected}`,
    };
  }
  const text = parts.join('/');
  const source = parseSecretSource(`${store}:${text.replaceAll(/\/+/gu, '/')}`);
  if ('value' in source && !text.includes('#') && isWithin(binding, source.value)) return undefined;
  return { rule, key, message: beyond(text, binding) };
}

function reloadExcesses({ files }: Injection, { reloads: allowed }: Limits): readonly Excess[] {
  if (allowed === undefined) return [];
  return files.flatMap(({ reload, reloadKey, key }) =>
    reload === undefined || allowed.includes(reload.kind)
      ? []
      : [
          {
            rule: 'reload',
            key: reloadKey ?? key,
            message: reloadMessage(reloadKey ?? key, reload.kind, allowed),
          },
        ],
  );
}

/** In the words of the family: one has no signals by name, the other no commands. */
function reloadMessage(key: string, kind: ReloadKind, allowed: readonly ReloadKind[]): string {
  const what = key.startsWith(DROP_IN.prefix) ? `is told of changes by a ${kind}` : `is "${kind}:…"`;
  return `${what}; allowed in this namespace: ${list(allowed)}`;
}
