import { ProviderError } from '../errors.ts';

/** A path of a secret as the API wants it. */
export interface ApiPath {
  /** Decoded, without leading or trailing slashes. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/**
 * Takes apart a path as written in a template: percent-encoding is understood, and a query may follow.
 *
 * @throws {ProviderError} `invalid_request` if a part is `.` or `..`, which would lead elsewhere on the way.
 */
export function parsePath(text: string): ApiPath {
  const mark = text.indexOf('?');
  const raw = mark === -1 ? text : text.slice(0, mark);
  const parts = raw.split('/').map(decode).join('/').split('/');
  if (parts.some((part) => part === '.' || part === '..'))
    throw new ProviderError(
      'invalid_request',
      `Cannot read ${text}: a path may not contain "." or ".." as a part`,
    );
  return { path: parts.join('/').replaceAll(/^\/+|\/+$/gu, ''), query: mark === -1 ? '' : text.slice(mark) };
}

export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A secrets engine, as far as its paths go. */
export interface Mount {
  /** With its trailing slash. */
  readonly path: string;
  /** The version of a KV engine; 1 for everything else. */
  readonly version: 1 | 2;
  /** Its type, such as `kv`. */
  readonly engine: string;
}

/** What KV v2 has between its mount and a secret's name. */
const PARTS = /^(?:data|metadata|subkeys)(?:\/|$)/u;

/** True if some mount would make this path complete as it stands, so that asking for the mount can wait. */
export const looksComplete = (path: string): boolean =>
  path.split('/').some((part, index) => index > 0 && PARTS.test(part));

/**
 * Puts KV v2's `data/` (`metadata/` to list) behind the mount where the template left it out, as Vault Agent does:
 * `secret/app` becomes `secret/data/app`.
 */
export function completePath(
  path: string,
  mount: Pick<Mount, 'path' | 'version'>,
  part: 'data' | 'metadata',
): string {
  if (mount.version === 1) return path;
  const name = `${path}/`.startsWith(mount.path) ? path.slice(mount.path.length) : path;
  if (PARTS.test(name)) return path;
  return name === '' ? `${mount.path}${part}` : `${mount.path}${part}/${name}`;
}
