import { FUNCTION_FAMILIES } from '#contract/template/functions.ts';
import { DROP_IN, OPENBAO } from '../../injector/annotations/families.ts';
import { cel, quote } from './cel.ts';
import { anyOf, infisicalPlaces, LITERAL, VAULT_NAMES } from './template-calls.ts';

/**
 * Templates with delimiters of their own. Where their actions begin and end depends on what stands in an annotation, and
 * what is no action can be made to look like one: so the whole text is searched, and what merely looks like a call counts as
 * one. No text between two calls can hide the second, for what is taken of the first has neither blanks nor parentheses.
 */

const PREFIXES = [DROP_IN.prefix, OPENBAO.prefix];
const SIDES = PREFIXES.flatMap((prefix) =>
  ['left', 'right'].map((side) => `${prefix}agent-template-${side}-delim-`),
);

/** Whether the template of a key has delimiters of its own. */
export const hasOwnDelimiters = (key: string): string =>
  `(${PREFIXES.map((prefix) => ofFamily(key, `${prefix}agent-inject-template-`)).join(' ||\n  ')})`;

const ofFamily = (key: string, template: string): string => cel`
  (${key}.startsWith(${quote(template)}) &&
    [${key}.substring(${String(template.length)})].exists(f,
      ${SIDES.map((side) => `variables.annotations[?(${quote(side)} + f)].orValue('') != ''`).join(' ||\n      ')}))
`;

const BARE = String.raw`[^"\x60\s(]*`;
const OPENED = String.raw`(?:"${BARE}"?|\x60${BARE}\x60?)`;
const CLOSED = String.raw`(?:"${BARE}"|\x60${BARE}\x60)`;

/** A name stands behind whatever the delimiter ends with, so what comes before it does not count. */
const VAULT_CALL = String.raw`${anyOf(VAULT_NAMES)}[\s(]+${OPENED}`;
const VAULT_PIPE = String.raw`${LITERAL}[\s)]*[|]\s*${anyOf(VAULT_NAMES)}`;
const INFISICAL_CALL = String.raw`${anyOf(FUNCTION_FAMILIES.infisical)}[\s(]+${CLOSED}(?:[\s()]+${CLOSED}){2}`;
const INFISICAL_PIPE = String.raw`${LITERAL}[\s)]*[|]\s*${anyOf(FUNCTION_FAMILIES.infisical)}(?:[\s()]+${LITERAL}){2}`;

/** The paths of Vault that a text may name. One that is not closed where it is expected is none, and climbs out of everything. */
export const vaultPathsInText = (text: string): string => cel`
  (${text}.findAll(${quote(VAULT_CALL)})
    .map(m, m.find(${quote(`${OPENED}$`)}))
    .map(m, m.matches(${quote(`^${CLOSED}$`)}) ? m.substring(1, m.size() - 1) : m.substring(1) + '/..') +
    ${text}.findAll(${quote(VAULT_PIPE)})
    .map(m, m.find(${quote(LITERAL)})).map(m, m.substring(1, m.size() - 1)))
`;

/** The folders of Infisical that a text may name. */
export const infisicalPlacesInText = (text: string): string =>
  infisicalPlaces(text, { call: INFISICAL_CALL, pipe: INFISICAL_PIPE });
