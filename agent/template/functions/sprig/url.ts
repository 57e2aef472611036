import { Fault } from '../../error.ts';
import { bytesOf, fromBytes } from '../../go/search.ts';
import { type GoMap, isText, textOf } from '../../go/value.ts';
import { type Family, takes } from '../signature.ts';
import { escapeIn, parseUrl } from './url-parse.ts';

export const SPRIG_URL: Family<'sprigUrl'> = {
  sprig_urlParse: takes(['string'], ([text]) => {
    const { user, ...parts } = parseUrl(bytesOf(text));
    return new Map(
      Object.entries({ ...parts, userinfo: user ?? '' }).map(([name, part]) => [name, fromBytes(part)]),
    );
  }),
  sprig_urlJoin: takes(['map'], ([parts]) => fromBytes(join(parts))),
};

function partOf(parts: GoMap, name: string): string {
  if (!parts.has(name)) return '';
  const part = parts.get(name);
  if (!isText(part)) throw new Fault(`the value of ${name} is no text`);
  return bytesOf(textOf(part));
}

function join(parts: GoMap): string {
  const [scheme, opaque] = [partOf(parts, 'scheme'), partOf(parts, 'opaque')];
  const start = scheme === '' ? '' : `${scheme}:`;
  const [query, fragment] = [partOf(parts, 'query'), escapeIn('fragment', partOf(parts, 'fragment'))];
  const place = placeOf(parts, start);
  return [
    start,
    opaque === '' ? place : opaque,
    query === '' ? '' : `?${query}`,
    fragment === '' ? '' : `#${fragment}`,
  ].join('');
}

/** Host, who asks, and path. */
function placeOf(parts: GoMap, start: string): string {
  const [host, path] = [partOf(parts, 'host'), partOf(parts, 'path')];
  const userinfo = partOf(parts, 'userinfo');
  const user = userinfo === '' ? undefined : parseUrl(`proto://${userinfo}@host`).user;
  const hasHost = host !== '' || user !== undefined;
  const slashes = hasHost || (start !== '' && path !== '') ? '//' : '';
  const authority = `${slashes}${user === undefined ? '' : `${user}@`}${escapeIn('host', host)}`;
  return `${authority}${separator(start + authority, { host, path })}${path === '*' ? path : escapeIn('path', path)}`;
}

/** A path behind a host begins with a slash; one that would be taken for a scheme, with a dot. */
function separator(before: string, { host, path }: Readonly<Record<'host' | 'path', string>>): string {
  if (host !== '' && path !== '' && !path.startsWith('/')) return '/';
  return before === '' && /^[^/]*:/u.test(path) ? './' : '';
}
