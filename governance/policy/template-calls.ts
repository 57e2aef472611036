import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { cel, quote } from './cel.ts';

/** A text of Go's templates, in one of its two kinds of quotes. */
export const LITERAL = String.raw`(?:"(?:[^"\\]|\\.)*"|\x60[^\x60]*\x60)`;

/** A comment takes precedence: what stands in one has no quotes. */
const COMMENT = String.raw`[{][{](?:-\s)?/[*](?:[^*]|[*]+[^*/])*[*]+/`;

/** An action of a template, whatever its texts and signs hold. */
const ACTION = String.raw`${COMMENT}|[{][{](?:${LITERAL}|'(?:[^'\\]|\\.)+'|[^}"'\x60]|[}][^}"'\x60])*[}][}]`;

export const anyOf = (names: readonly string[]): string => `(?:${names.join('|')})`;

/** A call by one of these names: no variable, no field. */
const call = (names: readonly string[]): string => String.raw`(?:^|[^$.\w])${anyOf(names)}[\s(]+`;

/** Functions that read Vault by a path. */
export const VAULT_NAMES = [...new Set([...FUNCTION_FAMILIES.secret, 'pkiCert'])];

/** `secret "a/b"`: the path is the first text. */
const VAULT_CALL = `${call(VAULT_NAMES)}${LITERAL}`;

/** `"a/b" | secret`: the path is piped, if the call has no other. */
const VAULT_PIPE = String.raw`${LITERAL}[\s)]*[|]\s*${anyOf(VAULT_NAMES)}\s*[-)}|]`;

/** Functions that read Infisical by project, environment and folder. */
const INFISICAL_CALL = String.raw`${call(FUNCTION_FAMILIES.infisical)}${LITERAL}(?:[\s()]+${LITERAL}){2}`;

/** `"/folder" | listSecrets "project" "environment"`: the folder is piped. */
const INFISICAL_PIPE = String.raw`${LITERAL}[\s)]*[|]\s*${anyOf(FUNCTION_FAMILIES.infisical)}(?:[\s()]+${LITERAL}){2}\s*[-)}|]`;

/** The actions of a template as one text, without its comments and what stands between them. */
export const actionsOf = (template: string): string => cel`
  ${template}.findAll(${quote(ACTION)})
    .filter(a, !a.matches(${quote(`^${COMMENT}`)})).join(' ')
`;

const unquoted = (literal: string): string => `${literal}.substring(1, ${literal}.size() - 1)`;

/** The paths of Vault that actions name outright; a list. */
export const vaultPathsIn = (actions: string): string => cel`
  (${actions}.findAll(${quote(VAULT_CALL)}) +
    ${actions}.findAll(${quote(VAULT_PIPE)}))
    .map(m, m.find(${quote(LITERAL)})).map(m, ${unquoted('m')})
`;

const literalsIn = (found: string): string => `${found}.findAll(${quote(LITERAL)}).map(l, ${unquoted('l')})`;

/** What calls look like that have all their places, and those into which the last is piped. */
interface Calls {
  readonly call: string;
  readonly pipe: string;
}

/** Places as `project/environment/folder`. With a slash in the first two, or nothing, it is none. */
export const infisicalPlaces = (text: string, { call: whole, pipe }: Calls): string => cel`
  (${text}.findAll(${quote(whole)})
    .map(m, ${literalsIn('m')}) +
    ${text}.findAll(${quote(pipe)})
    .map(m, ${literalsIn('m')}).map(l, [l[1], l[2], l[0]]))
    .map(m, [m[0], m[1]].exists(l, l == '' || l.contains('/')) ? '/' : m.join('/'))
`;

/** The folders of Infisical that actions name outright. */
export const infisicalPlacesIn = (actions: string): string =>
  infisicalPlaces(actions, { call: INFISICAL_CALL, pipe: INFISICAL_PIPE });
