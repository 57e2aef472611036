import { DURATION_FORM, parseDuration } from './duration.ts';
import { isAbsoluteDirectory } from '#contract/path.ts';

/** A value, or what was expected in its place. */
export type Value<T> = { readonly value: T } | { readonly expected: string };

/** Reads one annotation's text. */
export type ValueParser<T> = (text: string) => Value<T>;

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False', '']);

/** Go's `strconv.ParseBool`, with the empty text as false, as the Vault Agent Injector reads it. */
export const parseFlag: ValueParser<boolean> = (text) => {
  if (TRUE.has(text)) return { value: true };
  return FALSE.has(text) ? { value: false } : { expected: '"true" or "false"' };
};

/** Visible ASCII: what may stand in a header or be shown to a person as it is. */
const VISIBLE = /^[\x21-\x7e]+$/u;

export const parseRole: ValueParser<string> = (text) =>
  text.trim() !== '' && isPrintable(text)
    ? { value: text.trim() }
    : { expected: 'the name of a role of the auth method, such as "ml-inference"' };

/** The empty text is the root namespace, whatever the operator's default is. */
export const parseNamespace: ValueParser<string> = (text) =>
  text === '' || VISIBLE.test(text)
    ? { value: text }
    : { expected: 'a namespace of the store without spaces, such as "team-a/ml"' };

export const parseAuthPath: ValueParser<string> = (text) => {
  const path = text.replace(/^\/+|\/+$/gu, '');
  return /^auth(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)+$/u.test(path)
    ? { value: path }
    : { expected: 'the mount path of an auth method, such as "auth/kubernetes"' };
};

export const parseAuthMethod: ValueParser<'kubernetes' | 'jwt'> = (text) =>
  text === 'kubernetes' || text === 'jwt' ? { value: text } : { expected: '"kubernetes" or "jwt"' };

export const parseDirectory: ValueParser<string> = (text) => {
  const directory = text.replace(/\/+$/u, '');
  return isAbsoluteDirectory(directory) && isPrintable(directory)
    ? { value: directory }
    : { expected: 'an absolute directory other than "/", such as "/vault/secrets"' };
};

/** More often than this, even one pod is a burden to a store. */
const MIN_INTERVAL_MS = 100;

/** Milliseconds. */
export const parseInterval: ValueParser<number> = (text) => {
  const interval = parseDuration(text);
  return interval !== undefined && interval >= MIN_INTERVAL_MS
    ? { value: interval }
    : { expected: `${DURATION_FORM}, at least ${MIN_INTERVAL_MS}ms` };
};

/** An address of the list, in the list's spelling; a trailing slash makes no difference. */
export function addressParser(allowed: readonly string[]): ValueParser<string> {
  const known = new Map(allowed.map((address) => [withoutSlash(address), address]));
  const list = [...known.values()].map((address) => `"${address}"`).join(', ');
  return (text) => {
    const address = known.get(withoutSlash(text));
    return address === undefined
      ? { expected: `an address that the operator allows: ${list}` }
      : { value: address };
  };
}

function withoutSlash(address: string): string {
  return address.trim().replace(/\/+$/u, '');
}

/**
 * The path of a secret as the default template takes it: inside a quoted string, where quotes and backslashes
 * would end or change it.
 */
export const parseSecretPath: ValueParser<string> = (text) => {
  const [path = ''] = text.trim().split('?');
  const parts = path.split('/').filter((part) => part !== '');
  const sound = parts.length > 0 && parts.every((part) => part !== '.' && part !== '..');
  return sound && isPrintable(text) && !/["\\]/u.test(text)
    ? { value: text }
    : { expected: 'the path of a secret without quotes or backslashes, such as "secret/data/ml/api-key"' };
};

/** True if a text holds no control characters and is well-formed. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

const SHOWN_CHARACTERS = 64;

/** A value as messages show it: quoted, control characters escaped, cut where it is long. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(shown.toWellFormed()).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
