import { FILE_FORMATS } from '#contract/file-format.ts';
import { isAbsoluteDirectory } from '#contract/path.ts';
import { VAULT_METHODS } from '#contract/vault-auth.ts';
import { DEFAULT_TEMPLATES, type DefaultTemplate } from './default-template.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import type { LimitRule } from './limit-rule.ts';

/** A value, or what was expected in its place. */
export type Value<T> =
  | { readonly value: T }
  | {
      readonly expected: string;
      /** The limit, if what was found is good for pods that may have it. */
      readonly rule?: LimitRule;
      /** True if what was found may be a secret that somebody wrote where none belongs: messages end up in events. */
      readonly isUnshown?: true;
    };

/** Reads one annotation's text. */
export type ValueParser<T> = (text: string) => Value<T>;

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False', '']);

/** Go's `strconv.ParseBool`, with the empty text as false, as the Vault Agent Injector reads it. */
export const parseFlag: ValueParser<boolean> = (text) => {
  if (TRUE.has(text)) return { value: true };
  return FALSE.has(text) ? { value: false } : { expected: '"true" or "false"' };
};

/** Reads as the parser does, and makes something else of the value. */
export function mapped<T, U>(parse: ValueParser<T>, change: (value: T) => U): ValueParser<U> {
  return (text) => {
    const read = parse(text);
    return 'value' in read ? { value: change(read.value) } : read;
  };
}

/** Reads as the parser does; what it refuses is not shown, for it may be a secret, unless it has a form that is none of one. */
export function unshown<T>(parse: ValueParser<T>, harmless?: RegExp): ValueParser<T> {
  return (text) => {
    const read = parse(text);
    return 'value' in read || harmless?.test(text) ? read : { ...read, isUnshown: true };
  };
}

/** A flag of Sidekey's own, which has two spellings. */
export const parseStrictFlag: ValueParser<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: '"true" or "false"' };

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

/** Choices as a message lists them. */
export function inWords(choices: readonly string[]): string {
  const words = choices.map((choice) => `"${choice}"`);
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** One of a few words. */
export function choiceParser<T extends string>(...choices: readonly T[]): ValueParser<T> {
  const expected = inWords(choices);
  return (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { expected } : { value };
  };
}

export const parseAuthMethod = choiceParser(...VAULT_METHODS);

/** Where a method's secret ids are made, without slashes around it. */
export const parseWrappingPath: ValueParser<string> = (text) => {
  const path = parseAuthPath(text);
  return 'value' in path
    ? path
    : { expected: 'the path at which the secret id was made, such as "auth/approle/role/ml/secret-id"' };
};

export const parseInfisicalAuth = choiceParser('kubernetes', 'universal');

export const parseFormat = choiceParser(...FILE_FORMATS);

/** In any case of its letters. */
export const parseDefaultTemplate: ValueParser<DefaultTemplate> = (text) =>
  choiceParser(...DEFAULT_TEMPLATES)(text.toLowerCase());

/** The empty text stands for the usual one. */
export const parseDelimiter: ValueParser<string> = (text) =>
  isPrintable(text) ? { value: text } : { expected: 'what opens or closes an action, such as "{{" or "<%"' };

/** One word of visible ASCII, such as an id. */
const wordParser =
  (expected: string): ValueParser<string> =>
  (text) =>
    VISIBLE.test(text) ? { value: text } : { expected };

export const parseIdentity = wordParser(
  'the id of a machine identity, such as "6b5d3ae0-6c0b-4c39-8f0d-8a3b2f1c9d7e"',
);

export const parseOrganization = wordParser('the slug of an organization, such as "ml-team"');

export const parseAudience = wordParser(
  'an audience that the store is told to accept, such as "https://infisical.example"',
);

/** Anything but nothing. */
export const parseAnyText: ValueParser<string> = (text) =>
  text.trim() !== '' && isPrintable(text) ? { value: text } : { expected: 'a text that is not empty' };

/** As Kubernetes names volumes. */
export const parseVolumeName: ValueParser<string> = (text) =>
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u.test(text)
    ? { value: text }
    : { expected: 'the name of a projected volume of the pod that holds a service account token' };

/** As Kubernetes names objects. */
export const parseSecretName: ValueParser<string> = (text) =>
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u.test(text)
    ? { value: text }
    : { expected: 'the name of a Secret in the namespace of the pod, such as "ml-client"' };

export const parseDirectory: ValueParser<string> = (text) => {
  const directory = text.replace(/\/+$/u, '');
  return isAbsoluteDirectory(directory) && isPrintable(directory)
    ? { value: directory }
    : { expected: 'an absolute directory other than "/", such as "/vault/secrets"' };
};

/** A directory as the kubelet takes it: in any spelling, and from the root if it is relative. */
export const parseMountPath: ValueParser<string> = (text) => {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return parseDirectory(text.trim() === text ? `/${parts.join('/')}` : '');
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

const SECONDS_IN_DAY = 86_400;

/** Milliseconds, as Vault Agent reads them: a bare number is one of seconds, `d` is a day, and zero stands for the usual interval. */
export const parseRenderInterval: ValueParser<number> = (text) => {
  const [, amount, unit] = /^(\d{1,9})(d?)$/u.exec(text) ?? [];
  if (amount === undefined) return parseDuration(text) === 0 ? { value: 0 } : parseInterval(text);
  return { value: Number(amount) * (unit === 'd' ? SECONDS_IN_DAY : 1) * 1000 };
};

/** Milliseconds, or null for `never`. */
export const parseDeadline: ValueParser<number | null> = (text) => {
  const deadline = text === 'never' ? null : parseDuration(text);
  return deadline === undefined ? { expected: `"never" or ${DURATION_FORM}` } : { value: deadline };
};

/** An address of the list, in the list's spelling; a trailing slash makes no difference. */
export function addressParser(allowed: readonly string[]): ValueParser<string> {
  const known = new Map(allowed.map((address) => [withoutSlash(address), address]));
  const list = [...known.values()].map((address) => `"${address}"`).join(', ');
  return (text) => {
    const address = known.get(withoutSlash(text));
    return address === undefined
      ? { expected: `an address that the operator allows: ${list}`, rule: 'address' }
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

/** What of a URL may be a credential: its user, and its query. */
const withoutCredentials = (text: string): string =>
  text.replaceAll(/(:\/\/)[^/?#\s]*@/gu, '$1…@').replaceAll(/(:\/\/[^?#\s]*\?)[^#\s]+/gu, '$1…');

/** A value as messages show it: quoted, control characters escaped, cut where it is long. */
export function quoted(text: string): string {
  const whole = withoutCredentials(text);
  const shown = whole.length > SHOWN_CHARACTERS ? `${whole.slice(0, SHOWN_CHARACTERS)}…` : whole;
  return JSON.stringify(shown.toWellFormed()).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
