import { ProviderError } from '../errors.ts';
import type { SecretRef } from '../provider.ts';

/** Where secrets are, and how they are wanted. */
export interface Place {
  /** An id or a slug. */
  readonly project: string;
  readonly environment: string;
  /** Absolute: `/` or `/a/b`. */
  readonly folder: string;
  /** One secret; absent: all of the folder. */
  readonly name: string | undefined;
  readonly recursive: boolean;
  readonly expand: boolean;
}

/**
 * The place that a reference speaks of. Its form is made where templates ask (`agent/template/functions/infisical.ts`).
 *
 * @throws {ProviderError} `invalid_request` if a part is empty or leads elsewhere.
 */
export function placeOf({ path, parameters }: SecretRef): Place {
  const parts = path.split('/');
  const [project = '', environment = '', ...folders] = parts;
  const name = parameters['name'] ?? parameters['dynamicSecret'];
  if (![project, environment, ...folders, ...(name === undefined ? [] : [name])].every(staysHere))
    throw new ProviderError(
      'invalid_request',
      `Cannot read ${path}: project, environment, folders and name must not be empty, "." or ".."`,
    );
  return {
    project,
    environment,
    folder: `/${folders.join('/')}`,
    name: parameters['name'],
    recursive: parameters['recursive'] === 'true',
    expand: parameters['expandSecretReferences'] !== 'false',
  };
}

/** A URL with `.` or `..` in it is another one, however they are encoded. */
const staysHere = (part: string): boolean => !['', '.', '..'].includes(part);

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu;

/** True if this is a project's id; a slug otherwise. */
export const isProjectId = (project: string): boolean => UUID.test(project);

/** The place in a message, such as `app/dev/backend#KEY`. */
export function namePlace({ project, environment, folder, name }: Place): string {
  const path = `${project}/${environment}${folder === '/' ? '' : folder}`;
  return name === undefined ? path : `${path}#${name}`;
}
