import { randomUUID } from 'node:crypto';
import { Refusal } from './refusal.ts';

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
  readonly createdAt: string;
  readonly secrets: Map<string, StoredSecret>;
  readonly imports: { readonly environment: string; readonly path: string }[];
}

export interface Environment {
  readonly id: string;
  /** By path, `/` among them. */
  readonly folders: Map<string, Folder>;
}

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly environments: ReadonlyMap<string, Environment>;
}

/** What there is to be read. `now` is milliseconds since the epoch. */
export class Projects {
  readonly all: Project[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create({ id = randomUUID(), slug }: { id?: string; slug: string }): Project {
    const names = ['dev', 'staging', 'prod'];
    const environments = new Map(
      names.map((name): [string, Environment] => [
        name,
        { id: randomUUID(), folders: new Map([['/', this.#newFolder()]]) },
      ]),
    );
    const project = { id, slug, environments };
    this.all.push(project);
    return project;
  }

  remove(project: Project): void {
    this.all.splice(this.all.indexOf(project), 1);
  }

  byId(id: string): Project {
    const project = this.all.find((one) => one.id === id);
    if (project) return project;
    throw new Refusal('unknown_project', id);
  }

  bySlug(slug: string): Project {
    const project = this.all.find((one) => one.slug === slug);
    if (project) return project;
    throw new Refusal('unknown_slug', slug);
  }

  /** @throws {Refusal} One and the same for an unknown environment and an unknown path. */
  folder(project: Project, environment: string, path: string): Folder {
    const folder = project.environments.get(environment)?.folders.get(path);
    if (folder) return folder;
    throw new Refusal('unknown_folder', path, environment);
  }

  createFolder(project: Project, environment: string, path: string): Folder {
    const folder = this.#newFolder();
    project.environments.get(environment)?.folders.set(path, folder);
    return folder;
  }

  /** Creates the secret, or gives it another value: the version grows even if that is the old one. */
  put(folder: Folder, key: string, value: string, comment = ''): StoredSecret {
    const at = this.#date();
    // The server trims what is blank.
    const stored = value.trim() === '' ? '' : value;
    const known = folder.secrets.get(key);
    if (known) return Object.assign(known, { value: stored, version: known.version + 1, updatedAt: at });
    const times = { createdAt: at, updatedAt: at };
    const secret = { id: randomUUID(), key, value: stored, comment, version: 1, ...times };
    folder.secrets.set(key, secret);
    return secret;
  }

  #newFolder(): Folder {
    return { id: randomUUID(), createdAt: this.#date(), secrets: new Map(), imports: [] };
  }

  #date(): string {
    return new Date(this.#now()).toISOString();
  }
}
