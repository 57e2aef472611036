import { Secret } from '../../secret.ts';
import { ProviderError } from '../errors.ts';
import type { Answer } from '../http/transport.ts';
import { type Reading, refKey, type SecretRef } from '../provider.ts';
import { bodyOf } from './answer.ts';
import type { Client } from './client.ts';
import { isUnknownRoute } from './errors.ts';
import { mergeListing, readOne } from './merge.ts';
import { namePlace, type Place, placeOf } from './place.ts';
import type { Projects } from './projects.ts';
import { Recent } from './recent.ts';

/** Reads what a reference speaks of, under a token. */
export type Read = (ref: SecretRef, token: Secret<string>, signal: AbortSignal) => Promise<Reading>;

/** An answer that was read, and the tag by which the server tells whether it is still the same. */
interface Known {
  readonly etag: string;
  readonly reading: Reading;
}

/** A reader that asks only for what has changed: answers are kept, for tags outlive tokens. One for each store. */
export function createRead(client: Client, projects: Projects, now: () => number): Read {
  const known = new Recent<Known>(now);
  let api = v4;

  /** Asks by the newest version of the API that the server has. */
  async function ask(
    place: Place,
    project: string,
    send: (path: string) => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await send(api(place, project));
    if (api === v3 || !isUnknownRoute(answer)) return answer;
    const older = await send(v3(place, project));
    if (!isUnknownRoute(older)) api = v3;
    return older;
  }

  return async (ref, token, signal) => {
    const place = placeOf(ref);
    const project = await projects.idOf(place.project, token, signal);
    const key = refKey(ref);
    const before = known.get(key);
    const answer = await ask(place, project, (path) =>
      client({ method: 'GET', path, token, ...(before && { known: before.etag }) }, signal),
    );
    if (answer.status === 304) return before?.reading ?? unasked(place);
    if (answer.status === 404) projects.forget(place.project);
    const reading = readingOf(place, answer);
    const { etag } = answer.headers;
    if (etag !== undefined) known.set(key, { etag, reading });
    return reading;
  };
}

function unasked(place: Place): never {
  throw new ProviderError(
    'invalid_response',
    `Cannot read ${namePlace(place)}: nothing is said to have changed (304), but nothing was known; is there a cache in between?`,
  );
}

function v4({ environment, folder, name, recursive, expand }: Place, projectId: string): string {
  const query = new URLSearchParams({ projectId, environment, secretPath: folder });
  query.set('includeImports', 'true');
  query.set('expandSecretReferences', String(expand));
  if (name !== undefined) return `/api/v4/secrets/${encodeURIComponent(name)}?${query.toString()}`;
  query.set('recursive', String(recursive));
  return `/api/v4/secrets?${query.toString()}`;
}

/** For servers that do not have the fourth version yet. */
function v3({ environment, folder, name, recursive, expand }: Place, workspaceId: string): string {
  const query = new URLSearchParams({ workspaceId, environment, secretPath: folder });
  query.set('include_imports', 'true');
  query.set('expandSecretReferences', String(expand));
  if (name !== undefined) return `/api/v3/secrets/raw/${encodeURIComponent(name)}?${query.toString()}`;
  query.set('recursive', String(recursive));
  return `/api/v3/secrets/raw?${query.toString()}`;
}

/** What a template gets: the secrets under `secrets`, be it one or all. It may change at any time without notice. */
function readingOf(place: Place, answer: Answer): Reading {
  const doing = `read ${namePlace(place)}`;
  const missing =
    place.name === undefined
      ? 'there is no such folder; check project, environment and path'
      : 'there is no such secret; check project, environment, path and name';
  const body = bodyOf(answer, doing, missing);
  const { secrets, warnings } = place.name === undefined ? mergeListing(body, doing) : readOne(body, doing);
  return {
    value: new Secret(new Map([['secrets', secrets]])),
    lifetime: { kind: 'polled' },
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
