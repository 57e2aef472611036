import { isObject } from '#contract/json.ts';
import { parseDuration } from '../../../injector/annotations/duration.ts';
import { CAPABILITIES, type InfisicalAccess, type InfisicalEnvironment } from '../tenant.ts';
import { VAULT_AUTHS, type VaultAccess, type VaultPath } from '../tenant.ts';
import type { Claiming } from './claim.ts';
import {
  type Field,
  fieldsOf,
  isAbsent,
  itemsOf,
  readChoice,
  readText,
  readTexts,
  refuse,
  someItemsOf,
} from './field.ts';
import { DNS_SUBDOMAIN, FOLDER, ROLE, SLUG, UUID } from './form.ts';
import { comparablePath, mayLackData, storePathFault } from './store-path.ts';

/** What holds where a tenant says nothing. */
interface Context {
  readonly tenant: string;
  readonly claim: Claiming;
}

const HOUR = 3600;

/** Reads `spec.secrets.vault`; absent, no pod of the tenant can log in. */
export function readVault(field: Field, { tenant, claim }: Context): VaultAccess | undefined {
  if (isAbsent(field)) return undefined;
  const fields = fieldsOf(field, ['auth', 'role', 'paths', 'serviceAccounts', 'ttl', 'maxTtl']);
  const auth = readChoice(fields.auth, VAULT_AUTHS, 'jwt');
  const role = readText(fields.role, ROLE, tenant) ?? tenant;
  // To the store, names that differ by capitals alone are one role.
  claim({ kind: 'role', what: role.toLowerCase(), field: fields.role });
  const life = readLife(fields);
  if (auth === 'jwt' && life.ttlSeconds > HOUR)
    fields.ttl.report.note(
      fields.ttl.path,
      'is more than an hour, and the token of a pod that is gone stays good until then: with auth jwt the store asks nobody whether the pod still exists',
    );
  return {
    auth,
    role,
    paths: readPaths(fields.paths, claim),
    serviceAccounts: readServiceAccounts(fields.serviceAccounts, tenant),
    ...life,
  };
}

function readServiceAccounts(field: Field, tenant: string): readonly string[] {
  if (isAbsent(field)) return [tenant];
  someItemsOf(
    field,
    'names none, so that no pod could log in; leave it out for the one called as the tenant',
  );
  return readTexts(field, DNS_SUBDOMAIN);
}

type Life = Pick<VaultAccess, 'ttlSeconds' | 'maxTtlSeconds'>;

const TTL = { fallback: 600, least: 60, most: 24 * HOUR };
const MAX_TTL = { fallback: 24 * HOUR, least: 60, most: 32 * 24 * HOUR };

function readLife({ ttl, maxTtl }: Readonly<Record<'ttl' | 'maxTtl', Field>>): Life {
  const ttlSeconds = readSeconds(ttl, TTL);
  const maxTtlSeconds = readSeconds(maxTtl, MAX_TTL);
  if (ttlSeconds > maxTtlSeconds) refuse(ttl, `is longer than maxTtl, after which a token ends for good`);
  return { ttlSeconds, maxTtlSeconds };
}

function readSeconds(field: Field, { fallback, least, most }: typeof TTL): number {
  if (isAbsent(field)) return fallback;
  const { value } = field;
  const milliseconds = typeof value === 'string' ? parseDuration(value) : undefined;
  const seconds = (milliseconds ?? 0) / 1000;
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return seconds;
  refuse(
    field,
    `is ${JSON.stringify(value)}, and must be a duration from 1m to ${most / HOUR}h, such as 10m`,
  );
  return fallback;
}

function readPaths(field: Field, claim: Claiming): readonly VaultPath[] {
  const items = someItemsOf(field, 'must name at least one path, such as secret/data/team-a');
  const found = new Map<string, VaultPath>();
  for (const item of items) {
    const path = readPath(item);
    if (path === undefined) continue;
    if (found.has(path.path)) refuse(item, `${path.path} stands here twice`);
    found.set(path.path, path);
    claim({ kind: 'path', what: comparablePath(path.path), field: item });
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A path is a text, or an object that says what may be done there. */
function readPath(item: Field): VaultPath | undefined {
  if (!isObject(item.value)) return pathOf(item, ['read']);
  const { path, capabilities } = fieldsOf(item, ['path', 'capabilities']);
  const named = itemsOf(capabilities).map((one) => readChoice(one, CAPABILITIES, 'read'));
  return pathOf(path, named.length === 0 ? ['read'] : [...new Set(named)].toSorted());
}

function pathOf(field: Field, capabilities: VaultPath['capabilities']): VaultPath | undefined {
  const { value } = field;
  if (typeof value !== 'string') {
    refuse(field, 'must be a path such as secret/data/team-a, or {path: …, capabilities: […]}');
    return undefined;
  }
  const path = value.replace(/\/\*?$/u, '');
  const fault = storePathFault(path);
  if (fault !== undefined) refuse(field, `${JSON.stringify(value)} ${fault}`);
  else if (mayLackData(path))
    field.report.note(
      field.path,
      `if ${path.replace(/\/.*/u, '')}/ is the second version of KV, its paths begin ${path.replace(/\/.*/u, '')}/data/`,
    );
  return fault === undefined ? { path, capabilities } : undefined;
}

/** Its role in Infisical is called so, with `sidekey-` before it, and has at most 64 letters. */
const LONGEST_NAME = 56;

/** Reads `spec.secrets.infisical`. */
export function readInfisical(field: Field, { tenant, claim }: Context): InfisicalAccess | undefined {
  if (isAbsent(field)) return undefined;
  const fields = fieldsOf(field, ['project', 'identity', 'environments', 'serviceAccounts', 'ttl', 'maxTtl']);
  if (tenant.length > LONGEST_NAME)
    refuse(
      field,
      `needs a tenant's name of at most ${LONGEST_NAME} letters: Infisical takes no longer name for its role`,
    );
  const project = readText(fields.project, UUID) ?? '';
  const identity = readText(fields.identity, UUID) ?? '';
  if (identity !== '') claim({ kind: 'identity', what: identity, field: fields.identity });
  return {
    project,
    identity,
    environments: readEnvironments(fields.environments, project, claim),
    serviceAccounts: readServiceAccounts(fields.serviceAccounts, tenant),
    ...readLife(fields),
  };
}

function readEnvironments(field: Field, project: string, claim: Claiming): readonly InfisicalEnvironment[] {
  const items = someItemsOf(field, 'must name at least one, such as {slug: prod, folder: /serving}');
  const found = new Map<string, InfisicalEnvironment>();
  for (const item of items) {
    const fields = fieldsOf(item, ['slug', 'folder']);
    const slug = readText(fields.slug, SLUG);
    const folder = readText(fields.folder, FOLDER, '/');
    if (slug === undefined || folder === undefined) continue;
    const what = `${project}/${slug}${folder === '/' ? '' : folder}`;
    if (found.has(what)) refuse(item, `${slug}${folder} stands here twice`);
    found.set(what, { slug, folder });
    if (project !== '') claim({ kind: 'folder', what, field: item });
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, environment]) => environment);
}
