import type { Environment, Folder } from './projects.ts';
import { Refusal } from './refusal.ts';
import { admit, type Route } from './request.ts';
import { optional, required } from './validation.ts';

/** Creates, lists and deletes folders; `project` is what the version of the API calls the project's id. */
export function folderRoutes(project: 'projectId' | 'workspaceId'): Route {
  return ({ projects }, { method, url, body }, identity, rest) => {
    const asked = method === 'GET' ? Object.fromEntries(url.searchParams) : body;
    const { environments } = admit(identity, projects.byId(required(asked, project)));
    const name = required(asked, 'environment');
    const path = optional(asked, 'path') ?? '/';
    const environment = environments.get(name);
    if (!environment?.folders.has(path)) throw new Refusal('unknown_folder', path, name);
    if (method === 'GET') return list(environment, path, asked['recursive'] === 'true');
    if (method === 'DELETE') return remove(environment, rest);
    if (method !== 'POST') return undefined;
    const created = child(path, required(body, 'name'));
    projects.createFolder(projects.byId(required(asked, project)), name, created);
    return { folder: tell(environment, created) };
  };
}

const child = (path: string, name: string): string => `${path === '/' ? '' : path}/${name}`;
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const depth = (path: string): number => path.split('/').length;

/** The folders right below a path, or with `recursive` all of them, the shallow ones first. */
function list(environment: Environment, path: string, recursive: boolean): object {
  const start = path === '/' ? '/' : `${path}/`;
  const below = [...environment.folders.keys()].filter((one) => one !== '/' && one.startsWith(start));
  const told = below.filter((one) => recursive || parentOf(one) === path);
  const sorted = told.toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  return {
    folders: sorted.map((one) => ({
      ...tell(environment, one),
      lastSecretModified: environment.folders.get(one)?.createdAt,
      relativePath: path === '/' ? one : one.slice(path.length),
    })),
  };
}

/** Deletes a folder and all below it. */
function remove({ folders }: Environment, id: string): object | undefined {
  const [path] = [...folders].find(([, folder]) => folder.id === id) ?? [];
  if (path === undefined) return undefined;
  for (const other of folders.keys())
    if (other === path || other.startsWith(`${path}/`)) folders.delete(other);
  return { folder: { id } };
}

function tell({ id: envId, folders }: Environment, path: string): object {
  const { id, createdAt }: Partial<Folder> = folders.get(path) ?? {};
  return {
    id,
    name: path.slice(path.lastIndexOf('/') + 1),
    version: 1,
    createdAt,
    updatedAt: createdAt,
    envId,
    parentId: folders.get(parentOf(path))?.id,
    isReserved: false,
    description: null,
  };
}
