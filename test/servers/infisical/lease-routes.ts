import type { Identity } from './identities.ts';
import type { Leases } from './leases.ts';
import { Refusal } from './refusal.ts';
import { admit, type Asked, type Parts } from './request.ts';
import { type Body, duration, optional, required } from './validation.ts';

/** Leases of dynamic secrets: with a licence as the server's schemas have it, without as recorded. */
export function leaseRoutes(
  parts: Parts,
  asked: Asked,
  identity: Identity,
  rest: string,
): object | undefined {
  const { method, url } = asked;
  const [id = '', verb] = rest.split('/');
  const body = method === 'GET' ? Object.fromEntries(url.searchParams) : asked.body;
  const ttl = ttlOf(body);
  const project = admit(identity, parts.projects.bySlug(required(body, 'projectSlug')));
  if (method === 'POST' && !parts.licensed) throw new Refusal('lease_unlicensed', verb ?? 'create');
  const path = trimmed(optional(body, 'path') ?? '/');
  const at = { folder: parts.projects.folder(project, required(body, 'environmentSlug'), path), path };
  const known = id === '' ? 'leases' : 'lease';
  return ANSWERS[[method, known, verb].join(' ').trim()]?.(parts.leases, { at, id, ttl, body });
}

/** A schema looks at it before anything else. */
function ttlOf(body: Body): string | undefined {
  const ttl = optional(body, 'ttl') || undefined;
  if (ttl !== undefined) duration(ttl);
  return ttl;
}

interface Wanted {
  readonly at: Parameters<Leases['get']>[0];
  readonly id: string;
  readonly ttl: string | undefined;
  readonly body: Body;
}

const ANSWERS: Readonly<Record<string, (leases: Leases, wanted: Wanted) => object>> = {
  'POST leases': (leases, { at, ttl, body }) =>
    leases.create(at, required(body, 'dynamicSecretName'), { ttl, config: body['config'] }),
  'POST lease renew': (leases, { at, id, ttl }) => leases.renew(at, id, ttl),
  'GET lease': (leases, { at, id }) => leases.get(at, id),
  'DELETE lease': (leases, { at, id }) => leases.revoke(at, id),
};

const trimmed = (path: string): string => (path === '/' ? path : path.replace(/\/$/u, ''));
