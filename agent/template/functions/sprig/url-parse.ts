import { Fault } from '../../error.ts';

/** A URL as Go takes it apart, in bytes. Nobody asks if there is no `user`. */
export interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: string;
  readonly opaque: string;
  readonly fragment: string;
  readonly user: string | undefined;
}

/** What a part may hold as it is, beside letters, digits and `-_.~`. */
const PLAIN = {
  host: '!"$&\'()*+,:;<=>[]',
  user: '$&+,;=',
  path: '$&+,/:;=@',
  fragment: '!$&()*+,/:;=?@',
} as const;

type Part = keyof typeof PLAIN;

const isPlain = (part: Part, byte: string): boolean => /[\w.~-]/u.test(byte) || PLAIN[part].includes(byte);

export const escapeIn = (part: Part, bytes: string): string =>
  bytes.replaceAll(/[^\w.~-]/gsu, (byte) => (isPlain(part, byte) ? byte : percent(byte)));

const percent = (byte: string): string =>
  `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function unescape(bytes: string): string {
  if (/%(?![\dA-Fa-f]{2})/u.test(bytes)) throw new Fault('the URL has a percent sign that escapes nothing');
  return bytes.replaceAll(/%(..)/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Throws Fault if it is none. */
export function parseUrl(bytes: string): Url {
  const [address, fragment] = cut(bytes, '#');
  if (/\p{Cc}/u.test(address.replaceAll(/[^\p{ASCII}]/gu, '')))
    throw new Fault('the URL holds a control character');
  return { ...NOTHING, ...parsed(address), fragment: unescape(fragment ?? '') };
}

const NOTHING = { scheme: '', host: '', hostname: '', path: '', query: '', opaque: '', user: undefined };

function parsed(address: string): Partial<Url> {
  if (address === '*') return { path: address };
  if (address.startsWith(':')) throw new Fault('the URL has no scheme before its colon');
  const [name = ''] = /^[A-Za-z][A-Za-z\d+.-]*:/u.exec(address) ?? [];
  const scheme = name.slice(0, -1).toLowerCase();
  const [rest, query = ''] = cut(address.slice(name.length), '?');
  return { scheme, query, ...placeOf(scheme, rest) };
}

function placeOf(scheme: string, rest: string): Partial<Url> {
  if (!rest.startsWith('/') && scheme !== '') return { opaque: rest };
  if (/^[^/]*:/u.test(rest)) throw new Fault('the path of the URL begins with a scheme that is none');
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  if (!hasAuthority) return { path: unescape(rest) };
  const end = rest.indexOf('/', 2);
  const authority = end < 0 ? rest.slice(2) : rest.slice(2, end);
  return { path: unescape(end < 0 ? '' : rest.slice(end)), ...authorityOf(scheme, authority) };
}

function cut(text: string, at: string): readonly [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function authorityOf(scheme: string, authority: string): Pick<Url, 'host' | 'hostname' | 'user'> {
  const at = authority.lastIndexOf('@');
  const host = hostOf(scheme, authority.slice(at + 1));
  return { host, hostname: withoutPort(host), user: at < 0 ? undefined : userOf(authority.slice(0, at)) };
}

function userOf(userinfo: string): string {
  if (!/^[\w.:~!$&'()*+,;=%@-]*$/u.test(userinfo))
    throw new Fault('the user of the URL holds what it may not');
  const parts = cut(userinfo, ':').map((part) => escapeIn('user', unescape(part ?? '')));
  return parts.join(':');
}

function hostOf(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new Fault('the host of the URL is malformed');
  if (open === 0) return literalOf(host);
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapeHost(host);
}

/** An address of IPv6, maybe with a zone. */
function literalOf(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new Fault('the host of the URL has a bracket that never closes');
  checkPort(host.slice(close + 1));
  const [address, zone] = splitZone(host.slice(1, close));
  if (!isIPv6(unescapeHost(address))) throw new Fault('the host of the URL is no address of IPv6');
  return `[${unescapeHost(address)}${zone}]${host.slice(close + 1)}`;
}

function splitZone(address: string): readonly [string, string] {
  const at = address.indexOf('%25');
  if (at < 0) return [address, ''];
  const zone = unescape(address.slice(at));
  if (zone === '%' || !holdsWhatItMay(zone.replaceAll(' ', '')))
    throw new Fault('the host of the URL has a malformed zone');
  return [address.slice(0, at), zone];
}

/** What a host may hold, and percent signs. */
const holdsWhatItMay = (host: string): boolean =>
  Array.from(host).every((byte) => byte === '%' || byte > '\u{7f}' || isPlain('host', byte));

const isIPv6 = (address: string): boolean =>
  /^[\dA-Fa-f:.]+$/u.test(address) && URL.canParse(`http://[${address}]`);

/** Escapes stand for bytes beyond ASCII alone, and for the percent sign. */
function unescapeHost(host: string): string {
  if (/%(?!25|[89A-Fa-f])/u.test(host)) throw new Fault('the host of the URL escapes what it may not');
  if (!holdsWhatItMay(host)) throw new Fault('the host of the URL holds what it may not');
  return unescape(host);
}

function checkPort(port: string): void {
  if (!/^(?::\d*)?$/u.test(port)) throw new Fault('the port of the URL is no number');
}

function withoutPort(host: string): string {
  const name = host.replace(/:\d*$/u, '');
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}
