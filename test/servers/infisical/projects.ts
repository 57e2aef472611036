import { randomUUID } from 'node:crypto';
import { notFound, Refusal } from './refusal.ts';

export interface StoredSecret {
  readonly id: string;
  readonly key: string;
  value: string;
  comment: string;
  version: number;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Folder {
  readonly id: string;
  readonly secrets: Map<string, StoredSecret>;
  readonly imports: { readonly environment: string; readonly path: string }[];
}

/** The folders of one environment by path, `/` among them. */
type Environment = Map<string, Folder>;

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly environments: ReadonlyMap<string, Environment>;
}

const newFolder = (): Folder => ({ id: randomUUID(), secrets: new Map(), imports: [] });

export class Projects {
  readonly all: Project[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create({ id = randomUUID(), slug }: { id?: string; slug: string }): Project {
    const names = ['dev', 'staging', 'prod'];
    const environments = new Map(names.map((name) => [name, new Map([['/', newFolder()]])]));
    const project = { id, slug, environments };
    this.all.push(project);
    return project;
  }

  byId(id: string): Project {
    const project = this.all.find((one) => one.id === id);
    if (project) return project;
    throw notFound(
      `Project with ID '${id}' not found during bot lookup. Are you sure you are using the correct project ID?`,
    );
  }

  bySlug(slug: string): Project {
    const project = this.all.find((one) => one.slug === slug);
    if (project) return project;
    throw notFound(`Project with slug '${slug}' not found`);
  }

  /** @throws {Refusal} One and the same for an unknown environment and an unknown path. */
  folder(project: Project, environment: string, path: string): Folder {
    const folder = project.environments.get(environment)?.get(path);
    if (folder) return folder;
    throw new Refusal(
      404,
      'SecretPathNotFound',
      `Folder with path '${path}' in environment '${environment}' was not found. Please ensure the environment slug and secret path is correct.`,
    );
  }

  createFolder(project: Project, environment: string, path: string): Folder {
    const folder = newFolder();
    project.environments.get(environment)?.set(path, folder);
    return folder;
  }

  /** Creates the secret, or gives it another value: the version grows even if that is the old one. */
  put(folder: Folder, key: string, value: string, comment?: string): StoredSecret {
    const at = new Date(this.#now()).toISOString();
    // The server trims what is blank.
    const stored = value.trim() === '' ? '' : value;
    const known = folder.secrets.get(key);
    if (known) return Object.assign(known, { value: stored, version: known.version + 1, updatedAt: at });
    const secret = {
      id: randomUUID(),
      key,
      value: stored,
      comment: comment ?? '',
      version: 1,
      createdAt: at,
      updatedAt: at,
    };
    folder.secrets.set(key, secret);
    return secret;
  }
}
