import { Secret } from '../../secret.ts';
import { mapAt, type ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Reading, SecretRef } from '../provider.ts';
import { leaseIdOf, secretLifetime } from './lifetime.ts';
import type { Mounts } from './mounts.ts';
import { type ApiPath, completePath, encodePath, looksComplete, type Mount, parsePath } from './path.ts';
import type { Action, Requests, Said } from './request.ts';
import type { IsCurrent } from './versions.ts';

/** What reading needs of a session. */
export interface Reader {
  readonly requests: Requests;
  readonly mounts: Mounts;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What was said at a place, of which the mount may be known. */
interface Found extends Said {
  readonly mount?: Mount | undefined;
}

/** What is to be read, with its path taken apart, and what was read there before. */
interface Wanted {
  readonly ref: SecretRef;
  readonly at: ApiPath;
  readonly known: ValueMap | undefined;
}

/** What is known already is given back if it is still right; that can be told of polled secrets alone. */
export async function readUnlessCurrent(
  reader: Reader & { readonly isCurrent: IsCurrent },
  ref: SecretRef,
  known: Secret<ValueMap> | undefined,
  signal: AbortSignal,
): Promise<Reading> {
  if (known && (await reader.isCurrent(ref, known.reveal(), signal)))
    return { value: known, lifetime: { kind: 'polled' } };
  return read(reader, ref, known, signal);
}

/** Reads, lists or writes, as a template asks for it. */
async function read(
  reader: Reader,
  ref: SecretRef,
  known: Secret<ValueMap> | undefined,
  signal: AbortSignal,
): Promise<Reading> {
  const { operation } = ref;
  const wanted = { ref, at: parsePath(ref.path), known: known?.reveal() };
  const { body, at, mount } = await (operation === 'write'
    ? write(reader, wanted, signal)
    : readOrList(reader, wanted, signal));
  const now = at ?? reader.now();
  const lifetime = secretLifetime(body, { operation, path: wanted.at.path, engine: mount?.engine, now });
  const leaseId = lifetime.kind === 'leased' ? leaseIdOf(body) : undefined;
  const value = known && body === wanted.known ? known : new Secret(body);
  return { value, lifetime, ...(leaseId === undefined ? {} : { leaseId }) };
}

/**
 * A path that looks whole is read as it is. Should nothing be there, or nothing that may be read, then the mount decides:
 * `data/` may be part of a secret's name.
 */
async function readOrList(reader: Reader, wanted: Wanted, signal: AbortSignal): Promise<Found> {
  const { path } = wanted.at;
  const part = wanted.ref.operation === 'list' ? 'metadata' : 'data';
  const atMount = async (mount: Mount | undefined): Promise<Found> => {
    const asking = get(reader, wanted, complete(path, mount, part), signal);
    return { ...(await asking.catch(doubtMount(reader, path))), mount };
  };
  if (!looksComplete(path)) return atMount(await reader.mounts(path, signal));
  try {
    return await get(reader, wanted, path, signal);
  } catch (error) {
    const mount = isAbsent(error) ? await reader.mounts(path, signal) : undefined;
    if (complete(path, mount, part) === path) throw error;
    return atMount(mount);
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof ProviderError && (error.code === 'not_found' || error.code === 'forbidden');

/** What is not there may be in a mount that is not any more what it was. */
const doubtMount =
  ({ mounts }: Reader, path: string) =>
  (error: unknown): never => {
    if (isAbsent(error)) mounts.forget(path);
    throw error;
  };

const complete = (path: string, mount: Mount | undefined, part: 'data' | 'metadata'): string =>
  mount === undefined ? path : completePath(path, mount, part);

async function get(reader: Reader, wanted: Wanted, path: string, signal: AbortSignal): Promise<Said> {
  const { ref, at, known } = wanted;
  const asking =
    ref.operation === 'read' ? { ...action('GET', 'read', path, at.query), known } : listing(path);
  const said = await reader.requests.ask(asking, signal);
  if (holdsSecret(said.body)) return said;
  throw new ProviderError(
    'invalid_response',
    `Cannot ${asking.doing}: the answer holds no secret; check that the address is that of the store`,
  );
}

/** Some proxies refuse the LIST method; this is the same request. */
const listing = (path: string): Action => ({
  ...action('GET', 'list', path, '?list=true'),
  grant: `"list" on "${path}/"`,
  nothing: EMPTY_LIST,
});

/** A server that stands in for the store may say 200 in its place, and mean nothing by it: no file is made of that. */
const holdsSecret = (body: ValueMap): boolean =>
  ['data', 'auth', 'wrap_info'].some((part) => mapAt(body, part) !== undefined);

/** Of a folder without entries a server says that it is not there. */
const EMPTY_LIST: ValueMap = new Map([['data', new Map([['keys', []]])]]);

async function write(reader: Reader, { ref, at }: Wanted, signal: AbortSignal): Promise<Found> {
  const mount = await reader.mounts(at.path, signal);
  const path = complete(at.path, mount, 'data');
  const body = mount?.version === 2 ? { data: ref.parameters } : ref.parameters;
  const asking = reader.requests.ask({ ...action('PUT', 'update', path, at.query), body }, signal);
  return { ...(await asking.catch(doubtMount(reader, at.path))), mount };
}

function action(method: 'GET' | 'PUT', capability: string, path: string, query: string): Action {
  return {
    method,
    path: `${encodePath(path)}${query}`,
    doing: `${method === 'GET' ? capability : 'write'} ${path}`,
    grant: `"${capability}" on "${path}"`,
  };
}
