import { Secret } from '../../secret.ts';
import { isValueMap, stringAt, type ValueMap } from '../../value/value.ts';
import { malformed, succeeded } from '../http/refusal.ts';
import type { Answer } from '../http/transport.ts';
import { type Reading, refKey, type SecretRef } from '../provider.ts';
import type { Client } from './client.ts';
import { isUnknownRoute, refusal } from './errors.ts';
import { mergeListing, readOne } from './merge.ts';
import { isProjectId, namePlace, type Place, placeOf } from './place.ts';

/** Reads what a reference speaks of, under a token. */
export type Read = (ref: SecretRef, token: Secret<string>, signal: AbortSignal) => Promise<Reading>;

/** An answer that was read, and the tag by which the server tells whether it is still the same. */
interface Known {
  readonly etag: string;
  readonly reading: Reading;
}

/** A reader that asks only for what has changed: answers are kept, for tags outlive tokens. One for each store. */
export function createRead(client: Client): Read {
  const known = new Map<string, Known>();
  const ids = new Map<string, string>();
  let hasV4 = true;

  async function idOf(project: string, token: Secret<string>, signal: AbortSignal): Promise<string> {
    const id = isProjectId(project) ? project : ids.get(project);
    if (id !== undefined) return id;
    const path = `/api/v1/projects/slug/${encodeURIComponent(project)}`;
    const answer = await client({ method: 'GET', path, token }, signal);
    const doing = `find the project ${project}`;
    const found = stringAt(bodyOf(answer, doing, `there is no project with the slug "${project}"`), 'id');
    if (!found) throw malformed(doing, 'id');
    ids.set(project, found);
    return found;
  }

  return async (ref, token, signal) => {
    const place = placeOf(ref);
    const project = await idOf(place.project, token, signal);
    const key = refKey(ref);
    const before = known.get(key);
    const ask = (path: string): Promise<Answer> =>
      client({ method: 'GET', path, token, ...(before && { known: before.etag }) }, signal);
    let answer = await ask((hasV4 ? v4 : v3)(place, project));
    if (hasV4 && isUnknownRoute(answer)) {
      hasV4 = false;
      answer = await ask(v3(place, project));
    }
    if (answer.status === 304 && before) return before.reading;
    const reading = readingOf(place, answer);
    const { etag } = answer.headers;
    if (etag !== undefined) known.set(key, { etag, reading });
    return reading;
  };
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

function bodyOf(answer: Answer, doing: string, missing: string): ValueMap {
  if (!succeeded(answer)) throw refusal(answer, doing, missing);
  if (!isValueMap(answer.body)) throw malformed(doing, 'object');
  return answer.body;
}
