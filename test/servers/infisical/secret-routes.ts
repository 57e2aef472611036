import type { Identity } from './identities.ts';
import type { Project } from './projects.ts';
import { Refusal } from './refusal.ts';
import { admit, type Asked, type Parts } from './request.ts';
import type { Query } from './secrets.ts';
import { type Body, flag, optional, required } from './validation.ts';

export function v4Routes(parts: Parts, asked: Asked, identity: Identity, name: string): object | undefined {
  const { method, url, body } = asked;
  const { projects } = parts;
  if (method !== 'GET')
    return write(parts, asked, identity, { name, projectId: required(body, 'projectId') });
  const { searchParams } = url;
  const query = {
    ...placeOf(searchParams, admit(identity, projects.byId(searchParams.get('projectId') ?? ''))),
    imports: flag(searchParams, 'includeImports', true),
    expand: flag(searchParams, 'expandSecretReferences', true),
  };
  return read(parts, query, identity, name);
}

/** The third version: other names, other defaults, and projects by their slug, too. */
export function v3Routes(parts: Parts, asked: Asked, identity: Identity, name: string): object | undefined {
  const { method, url, body } = asked;
  const { projects } = parts;
  if (method !== 'GET')
    return write(parts, asked, identity, { name, projectId: required(body, 'workspaceId') });
  const { searchParams } = url;
  const slug = searchParams.get('workspaceSlug');
  const project =
    slug === null ? projects.byId(searchParams.get('workspaceId') ?? '') : projects.bySlug(slug);
  const query = {
    ...placeOf(searchParams, admit(identity, project)),
    imports: flag(searchParams, 'include_imports', false),
    expand: flag(searchParams, 'expandSecretReferences', false),
  };
  return read(parts, query, identity, name);
}

function read({ secrets }: Parts, query: Query, identity: Identity, name: string): object {
  return name === '' ? secrets.list(query, identity) : secrets.get(query, identity, name);
}

function placeOf(search: URLSearchParams, project: Project): Omit<Query, 'imports' | 'expand'> {
  return {
    project,
    environment: search.get('environment') ?? '',
    path: search.get('secretPath') ?? '/',
    recursive: flag(search, 'recursive', false),
  };
}

interface Target {
  readonly name: string;
  readonly projectId: string;
}

/** Creates a secret, gives it another value, or deletes it. */
function write(
  { projects, secrets }: Parts,
  { method, body }: Asked,
  identity: Identity,
  { name, projectId }: Target,
): object | undefined {
  const project = admit(identity, projects.byId(projectId));
  const path = optional(body, 'secretPath') ?? '/';
  const environment = required(body, 'environment');
  const folder = projects.folder(project, environment, path);
  const known = folder.secrets.get(name);
  if (method !== 'POST' && !known) throw new Refusal('unknown_secret', name);
  const query = { project, environment, path, recursive: false, imports: false, expand: false };
  if (method === 'DELETE') {
    const answer = written(secrets.get(query, identity, name));
    folder.secrets.delete(name);
    return answer;
  }
  if (method !== 'POST' && method !== 'PATCH') return undefined;
  projects.put(folder, name, valueOf(body, known?.value), optional(body, 'secretComment'));
  return written(secrets.get(query, identity, name));
}

const valueOf = (body: Body, known: string | undefined): string =>
  optional(body, 'secretValue') ?? known ?? required(body, 'secretValue');

/** Of a secret that was written less is told. */
function written(answer: object): object {
  const { secret } = answer as { readonly secret: Readonly<Record<string, unknown>> };
  const untold = new Set(['secretPath', 'secretMetadata', 'tags']);
  return { secret: Object.fromEntries(Object.entries(secret).filter(([field]) => !untold.has(field))) };
}
