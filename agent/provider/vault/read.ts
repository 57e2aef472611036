import { Secret } from '../../secret.ts';
import type { ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import type { Reading, SecretRef } from '../provider.ts';
import { leaseIdOf, secretLifetime } from './lifetime.ts';
import type { Mounts } from './mounts.ts';
import { completePath, encodePath, looksComplete, type Mount, parsePath } from './path.ts';
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

/** What is known already is given back if it is still right; that can be told of polled secrets alone. */
export async function readUnlessCurrent(
  reader: Reader & { readonly isCurrent: IsCurrent },
  ref: SecretRef,
  known: Secret<ValueMap> | undefined,
  signal: AbortSignal,
): Promise<Reading> {
  if (known && (await reader.isCurrent(ref, known.reveal(), signal)))
    return { value: known, lifetime: { kind: 'polled' } };
  return read(reader, ref, signal);
}

/** Reads, lists or writes, as a template asks for it. */
async function read(reader: Reader, ref: SecretRef, signal: AbortSignal): Promise<Reading> {
  const { operation } = ref;
  const { body, at, mount } = await (operation === 'write'
    ? write(reader, ref, signal)
    : readOrList(reader, ref, signal));
  const { path } = parsePath(ref.path);
  const now = at ?? reader.now();
  const lifetime = secretLifetime(body, { operation, path, engine: mount?.engine, now });
  const leaseId = lifetime.kind === 'leased' ? leaseIdOf(body) : undefined;
  return { value: new Secret(body), lifetime, ...(leaseId === undefined ? {} : { leaseId }) };
}

/**
 * A path that looks whole is read as it is. Should nothing be there, or nothing that may be read, then the mount decides:
 * `data/` may be part of a secret's name.
 */
async function readOrList(reader: Reader, ref: SecretRef, signal: AbortSignal): Promise<Found> {
  const { path } = parsePath(ref.path);
  const part = ref.operation === 'list' ? 'metadata' : 'data';
  const atMount = async (mount: Mount | undefined): Promise<Found> => {
    const said = await get(reader, ref, complete(path, mount, part), signal);
    return { ...said, mount };
  };
  if (!looksComplete(path)) return atMount(await reader.mounts(path, signal));
  try {
    return await get(reader, ref, path, signal);
  } catch (error) {
    const absent =
      error instanceof ProviderError && (error.code === 'not_found' || error.code === 'forbidden');
    const mount = absent ? await reader.mounts(path, signal) : undefined;
    if (complete(path, mount, part) === path) throw error;
    return atMount(mount);
  }
}

const complete = (path: string, mount: Mount | undefined, part: 'data' | 'metadata'): string =>
  mount === undefined ? path : completePath(path, mount, part);

async function get(reader: Reader, ref: SecretRef, path: string, signal: AbortSignal): Promise<Said> {
  const { query } = parsePath(ref.path);
  if (ref.operation === 'read') return reader.requests.ask(action('GET', 'read', path, query), signal);
  // Some proxies refuse the LIST method; this is the same request.
  const listing = { ...action('GET', 'list', path, '?list=true'), grant: `"list" on "${path}/"` };
  try {
    return await reader.requests.ask(listing, signal);
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'not_found')
      return { body: EMPTY_LIST, at: undefined };
    throw error;
  }
}

/** A folder without entries answers 404. */
const EMPTY_LIST: ValueMap = new Map([['data', new Map([['keys', []]])]]);

async function write(reader: Reader, ref: SecretRef, signal: AbortSignal): Promise<Found> {
  const { path: given, query } = parsePath(ref.path);
  const mount = await reader.mounts(given, signal);
  const path = complete(given, mount, 'data');
  const body = mount?.version === 2 ? { data: ref.parameters } : ref.parameters;
  return { ...(await reader.requests.ask({ ...action('PUT', 'update', path, query), body }, signal)), mount };
}

function action(method: 'GET' | 'PUT', capability: string, path: string, query: string): Action {
  return {
    method,
    path: `${encodePath(path)}${query}`,
    doing: `${method === 'GET' ? capability : 'write'} ${path}`,
    grant: `"${capability}" on "${path}"`,
  };
}
