import type { Identities, Identity } from './identities.ts';
import type { Folder, Project, Projects } from './projects.ts';
import { flag, notFound, Refusal, required, upgradeNeeded } from './refusal.ts';
import type { Query, Secrets } from './secrets.ts';

/** A request as far as the API is concerned. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Parts {
  readonly identities: Identities;
  readonly projects: Projects;
  readonly secrets: Secrets;
  /** An old server knows only the third version of the secrets API. */
  readonly knowsV4: boolean;
}

/** Answers a request, by the method and the path; undefined if there is no such route. */
export function route(parts: Parts, asked: Asked): object | undefined {
  const { identities } = parts;
  const { method, url, body } = asked;
  switch (`${method} ${url.pathname}`) {
    case 'POST /api/v1/auth/universal-auth/login':
      return identities.universalLogin(body);
    case 'POST /api/v1/auth/kubernetes-auth/login':
      return identities.kubernetesLogin(body);
    case 'POST /api/v1/auth/token/renew':
      return identities.renew(body);
    case 'POST /api/v1/auth/token/revoke':
      return identities.revoke(body);
    default:
      return routeOfIdentity(parts, asked);
  }
}

function routeOfIdentity(parts: Parts, asked: Asked): object | undefined {
  const { pathname } = asked.url;
  const known = [
    { prefix: '/api/v4/secrets', answer: v4, on: parts.knowsV4 },
    { prefix: '/api/v3/secrets/raw', answer: v3, on: true },
    { prefix: '/api/v2/folders', answer: folders, on: true },
    { prefix: '/api/v1/projects/slug/', answer: projectBySlug, on: true },
    { prefix: '/api/v1/dynamic-secrets/leases', answer: lease, on: true },
    { prefix: '/api/v1/events/subscribe/project-events', answer: events, on: true },
  ];
  const found = known.find(({ prefix, on }) => on && pathname.startsWith(prefix));
  if (!found) return undefined;
  const identity = parts.identities.authenticate(asked.authorization);
  const rest = decodeURIComponent(pathname.slice(found.prefix.length)).replace(/^\//u, '');
  return found.answer(parts, asked, identity, rest);
}

function v4(
  { projects, secrets }: Parts,
  asked: Asked,
  identity: Identity,
  name: string,
): object | undefined {
  const { method, url, body } = asked;
  if (method === 'GET') {
    const query = {
      ...place(url.searchParams, projects.byId(url.searchParams.get('projectId') ?? '')),
      imports: flag(url.searchParams, 'includeImports', true),
      expand: flag(url.searchParams, 'expandSecretReferences', true),
    };
    return name === '' ? secrets.list(query, identity) : secrets.get(query, identity, name);
  }
  const project = projects.byId(required(body, 'projectId'));
  const path = body['secretPath'] === undefined ? '/' : required(body, 'secretPath');
  const folder = projects.folder(project, required(body, 'environment'), path);
  if (method === 'DELETE') {
    const secret = folder.secrets.get(name);
    if (!secret) throw notFound(`Secret with name '${name}' not found`);
    folder.secrets.delete(name);
    return { secret: { id: secret.id, secretKey: name } };
  }
  if (method !== 'POST' && method !== 'PATCH') return undefined;
  const stored = projects.put(folder, name, required(body, 'secretValue'));
  const query = { project, environment: required(body, 'environment'), path };
  const all = { ...query, recursive: false, imports: false, expand: false };
  const { secret } = secrets.get(all, identity, stored.key) as { secret: Record<string, unknown> };
  const { secretPath: _p, secretMetadata: _m, tags: _t, ...written } = secret;
  return { secret: written };
}

function v3({ projects, secrets }: Parts, { method, url }: Asked, identity: Identity, name: string) {
  if (method !== 'GET') return undefined;
  const { searchParams } = url;
  const slug = searchParams.get('workspaceSlug');
  const project =
    slug === null ? projects.byId(searchParams.get('workspaceId') ?? '') : projects.bySlug(slug);
  const query = {
    ...place(searchParams, project),
    imports: flag(searchParams, 'include_imports', false),
    expand: flag(searchParams, 'expandSecretReferences', false),
  };
  return name === '' ? secrets.list(query, identity) : secrets.get(query, identity, name);
}

function place(search: URLSearchParams, project: Project): Omit<Query, 'imports' | 'expand'> {
  return {
    project,
    environment: search.get('environment') ?? '',
    path: search.get('secretPath') ?? '/',
    recursive: flag(search, 'recursive', false),
  };
}

/** Creates a folder, or deletes one and what is below it. */
function folders({ projects }: Parts, { method, body }: Asked, _: Identity, id: string): object | undefined {
  const project = projects.byId(required(body, 'projectId'));
  const environment = required(body, 'environment');
  const parent = required(body, 'path').replace(/\/$/u, '');
  const known = project.environments.get(environment) ?? new Map<string, Folder>();
  if (method === 'POST') {
    const name = required(body, 'name');
    return { folder: { id: projects.createFolder(project, environment, `${parent}/${name}`).id, name } };
  }
  const [path] = [...known].find(([, folder]) => folder.id === id) ?? [];
  if (method !== 'DELETE' || path === undefined) return undefined;
  for (const other of known.keys()) if (other === path || other.startsWith(`${path}/`)) known.delete(other);
  return { folder: { id } };
}

function projectBySlug({ projects }: Parts, _: Asked, identity: Identity, slug: string): object {
  const { id, environments } = projects.bySlug(slug);
  if (!identity.projects.has(id))
    throw new Refusal(403, 'ProjectMembershipNotFound', 'Identity is not a member of this project');
  const at = new Date(0).toISOString();
  return {
    id,
    name: slug,
    description: null,
    type: 'secret-manager',
    defaultProduct: null,
    slug,
    autoCapitalization: false,
    orgId: id,
    createdAt: at,
    updatedAt: at,
    version: 3,
    upgradeStatus: null,
    pitVersionLimit: 10,
    kmsCertificateKeyId: null,
    auditLogsRetentionDays: null,
    hasDeleteProtection: false,
    secretSharing: true,
    showSnapshotsLegacy: false,
    secretDetectionIgnoreValues: null,
    enforceEncryptedSecretManagerSecretMetadata: null,
    _id: id,
    environments: [...environments.keys()].map((name) => ({ name, slug: name, id: name })),
    deletedEnvironments: [],
  };
}

/** Dynamic secrets need a licence, which no server here has: every use of them ends as recorded without one. */
function lease(_: Parts, { method, url, body }: Asked, __: Identity, rest: string): object {
  const id = rest.split('/')[0] ?? '';
  const ttl = body['ttl'];
  if (typeof ttl === 'string' && /^\d+s$/u.test(ttl) && Number.parseInt(ttl, 10) < 60)
    throw new Refusal(422, 'ValidationFailure', [
      { code: 'custom', message: 'TTL must be a greater than 1min', path: ['ttl'] },
    ]);
  const verb = url.pathname.endsWith('/renew') ? 'renew' : 'create';
  if (method === 'POST')
    throw upgradeNeeded(
      `Failed to ${verb} lease due to plan restriction. Upgrade plan to create dynamic secret.`,
    );
  throw notFound(`Dynamic secret lease with ID '${id}' not found`);
}

function events(): object {
  throw upgradeNeeded(
    'Event subscriptions are not available on your current plan. Please upgrade to access this feature.',
  );
}
