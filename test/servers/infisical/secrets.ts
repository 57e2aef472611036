import { createHash } from 'node:crypto';
import type { Identity } from './identities.ts';
import type { Folder, Project, Projects, StoredSecret } from './projects.ts';
import { Refusal } from './refusal.ts';

/** What a request for secrets says. */
export interface Query {
  readonly project: Project;
  readonly environment: string;
  readonly path: string;
  readonly recursive: boolean;
  readonly imports: boolean;
  readonly expand: boolean;
}

/** What stands in a hidden value's place. */
const MASK = '<hidden-by-infisical>';

export class Secrets {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  /** Folders mixed and sorted by key, deeper ones first among equals; imports beside, not merged. */
  list(query: Query, identity: Identity): object {
    const { project, environment, path } = query;
    const folder = this.#projects.folder(project, environment, path);
    const folders = query.recursive
      ? [...(project.environments.get(environment)?.folders ?? [])].filter(([other]) => isBelow(other, path))
      : ([[path, folder]] as const);
    const own = folders.flatMap(([place, { secrets }]) =>
      [...secrets.values()].map((secret) => ({ place, secret })),
    );
    const sorted = own.toSorted((a, b) => compare(a.secret.key, b.secret.key) || compare(b.place, a.place));
    return {
      secrets: sorted.map(({ place, secret }) => this.#describe(query, identity, secret, place)),
      imports: query.imports ? folder.imports.map((link) => this.#imported(query, identity, link)) : [],
    };
  }

  get(query: Query, identity: Identity, name: string): object {
    const folder = this.#projects.folder(query.project, query.environment, query.path);
    const links = query.imports ? folder.imports : [];
    const places = [
      { place: query.path, secret: folder.secrets.get(name) },
      ...links.toReversed().map(({ environment, path }) => ({
        place: path,
        secret: this.#projects.folder(query.project, environment, path).secrets.get(name),
      })),
    ];
    const found = places.find(({ secret }) => secret !== undefined);
    if (!found?.secret) throw new Refusal('unknown_secret', name);
    return { secret: this.#describe(query, identity, found.secret, found.place) };
  }

  #imported(query: Query, identity: Identity, { environment, path }: Folder['imports'][number]): object {
    const folder = this.#projects.folder(query.project, environment, path);
    const secrets = [...folder.secrets.values()].toSorted((a, b) => compare(a.key, b.key));
    return {
      secretPath: path,
      environment,
      folderId: folder.id,
      secrets: secrets.map((secret) =>
        this.#describeImported({ ...query, environment }, identity, secret, path),
      ),
    };
  }

  /** Of an imported secret less is told. */
  #describeImported(query: Query, identity: Identity, secret: StoredSecret, path: string): object {
    const whole = this.#describe(query, identity, secret, path);
    const untold = new Set([
      'createdAt',
      'updatedAt',
      'secretPath',
      'secretReminderNote',
      'secretReminderRepeatDays',
      'tags',
    ]);
    const told = Object.entries(whole).filter(([field]) => !untold.has(field));
    return { ...Object.fromEntries(told), workspace: '' };
  }

  #describe(query: Query, { masks }: Identity, secret: StoredSecret, place: string) {
    const { project, environment, expand } = query;
    const masked = masks(place);
    const value = expand ? this.#expand(project, environment, place, secret.value) : secret.value;
    return {
      id: secret.id,
      _id: secret.id,
      workspace: project.id,
      environment,
      version: secret.version,
      type: 'shared',
      secretKey: secret.key,
      secretValue: masked ? MASK : value,
      secretComment: secret.comment,
      secretReminderNote: null,
      secretReminderRepeatDays: null,
      skipMultilineEncoding: false,
      createdAt: secret.createdAt,
      updatedAt: secret.updatedAt,
      isRotatedSecret: false,
      rotationId: null,
      secretPath: place,
      secretValueHidden: masked,
      secretMetadata: [],
      tags: [],
    };
  }

  /** `${KEY}` of the same folder, `${env.folder.KEY}` of any; nothing where there is none. */
  #expand(project: Project, environment: string, place: string, value: string): string {
    return value.replaceAll(/\$\{([^}]+)\}/gu, (_, reference: string) => {
      const parts = reference.split('.');
      const key = parts.pop() ?? '';
      const [other = environment, ...folders] = parts;
      const path = parts.length === 0 ? place : `/${folders.join('/')}`;
      const secret = project.environments.get(other)?.folders.get(path)?.secrets.get(key);
      return secret ? this.#expand(project, other, path, secret.value) : '';
    });
  }
}

/** A strong tag of the payload: it changes with the version, even if the values do not. */
export const etagOf = (payload: object): string =>
  `"${createHash('sha256').update(JSON.stringify(payload)).digest('base64url')}"`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isBelow = (path: string, root: string): boolean =>
  path === root || path.startsWith(root === '/' ? '/' : `${root}/`);
