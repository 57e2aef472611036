import type { Lifetime } from '../../schedule/lifetime.ts';
import { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import type { Reading, SecretRef } from '../provider.ts';
import type { Client } from './client.ts';
import { readMade, readProlonged, readRevoked } from './lease-answer.ts';
import { type DynamicPlace, readLeaseKey, writeLeaseKey } from './lease-key.ts';
import { isProjectId, placeOf } from './place.ts';

/** Leases of dynamic secrets. They do not end with the token that made them. */
export interface Leases {
  create(ref: SecretRef, token: Secret<string>, signal: AbortSignal): Promise<Reading>;
  renew(leaseId: string, token: Secret<string>, signal: AbortSignal): Promise<Lifetime>;
  revoke(leaseId: string, token: Secret<string>, signal: AbortSignal): Promise<void>;
}

const ROUTE = '/api/v1/dynamic-secrets/leases';
const routeOf = (id: string): string => `${ROUTE}/${encodeURIComponent(id)}`;

/** The server takes no shorter TTL, and so prolongs by no less. */
const LEAST_S = 60;

/**
 * What can be prolonged: accounts that the server keeps until their lease ends. Of everything else (tokens, certificates,
 * one-time passwords) the end stands in the credential itself, and a longer lease would hide that it has come.
 */
const PROLONGED: ReadonlySet<string> = new Set([
  'aws-elasticache',
  'aws-memorydb',
  'azure-sql-database',
  'cassandra',
  'clickhouse',
  'couchbase',
  'elastic-search',
  'ldap',
  'milvus',
  'mongo-db',
  'mongo-db-atlas',
  'rabbit-mq',
  'redis',
  'sap-ase',
  'sap-hana',
  'snowflake',
  'sql-database',
  'vertica',
]);

/** @param now Milliseconds since the epoch, for answers that do not tell what time it is. */
export function createLeases(client: Client, now: () => number): Leases {
  return {
    async create(ref, token, signal) {
      const { place, body } = wishOf(ref);
      const answer = await client({ method: 'POST', path: ROUTE, token, body }, signal);
      const { id, leftMs, data, type } = readMade(answer, doingOf(ref), now);
      return {
        value: new Secret(new Map([['data', data]])),
        lifetime: lasting(leftMs, PROLONGED.has(type)),
        leaseId: writeLeaseKey({ ...place, id, ttlMs: leftMs }),
      };
    },

    async renew(leaseId, token, signal) {
      const key = readLeaseKey(leaseId);
      const path = routeOf(key.id);
      const query = new URLSearchParams(inBody(key)).toString();
      const found = await client({ method: 'GET', path: `${path}?${query}`, token }, signal);
      // A renewal adds to the end: what has passed is added, so that the lease is as long again as it was at first.
      const passedMs = key.ttlMs - readProlonged(found, now).leftMs;
      const ttl = `${Math.max(LEAST_S, Math.round(passedMs / 1000))}s`;
      const body = { ...inBody(key), ttl };
      const answer = await client({ method: 'POST', path: `${path}/renew`, token, body }, signal);
      return lasting(readProlonged(answer, now).leftMs, true);
    },

    async revoke(leaseId, token, signal) {
      const key = readLeaseKey(leaseId);
      const body = inBody(key);
      readRevoked(await client({ method: 'DELETE', path: routeOf(key.id), token, body }, signal));
    },
  };
}

const lasting = (ttlMs: number, renewable: boolean): Lifetime => ({
  kind: 'leased',
  ttlMs,
  renewable,
  lasting: true,
});

const doingOf = ({ path, parameters }: SecretRef): string =>
  `lease ${path}#${parameters['dynamicSecret'] ?? ''}`;

/** What a reference asks for. Its form is made where templates ask (`agent/template/functions/infisical.ts`). */
function wishOf(ref: SecretRef): { readonly place: DynamicPlace; readonly body: object } {
  const { project, environment, folder } = placeOf(ref);
  if (isProjectId(project))
    throw new ProviderError(
      'invalid_request',
      `Cannot ${doingOf(ref)}: dynamic secrets are found by the slug of their project; write it instead of the id`,
    );
  const place = { project, environment, folder };
  const { dynamicSecret: dynamicSecretName, ttl = '', principals = '' } = ref.parameters;
  const named = principals.split(',').flatMap((principal) => principal.trim() || []);
  const body = {
    dynamicSecretName,
    ...inBody(place),
    ...(ttl === '' ? {} : { ttl }),
    ...(named.length > 0 ? { config: { principals: named } } : {}),
  };
  return { place, body };
}

const inBody = ({ project, environment, folder }: DynamicPlace): Record<string, string> => ({
  projectSlug: project,
  environmentSlug: environment,
  path: folder,
});
