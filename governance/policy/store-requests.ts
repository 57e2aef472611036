import { DROP_IN, dropIn, native, OPENBAO } from '../../injector/annotations/families.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';
import { cel, flattened, quote, quoteAll } from './cel.ts';
import { asks, declines } from './opt-ins.ts';
import { hasOwnDelimiters, infisicalPlacesInText, vaultPathsInText } from './own-delimiters.ts';
import type { NamedExpression } from './policy.ts';
import { actionsOf, infisicalPlacesIn, vaultPathsIn } from './template-calls.ts';

/** Of the family of the Vault Agent Injector, and of that of OpenBao, which counts before it. */
const inBoth = (key: string): readonly [string, string] => [DROP_IN.prefix + key, OPENBAO.prefix + key];

const SECRETS = inBoth('agent-inject-secret-');
const TEXTS = inBoth('agent-inject-template-');
const TEMPLATES = [...TEXTS, native('template.')];
const TEMPLATE_FILES = inBoth('agent-inject-template-file-');
const SOURCE = native('secret.');

/** The keys by which a pod says whom it logs in as: those to write, and one that is followed besides. */
export const ROLE_KEYS = [dropIn('role'), native('vault-role')];
export const METHOD_KEYS = [...inBoth('auth-type'), native('vault-auth')];
const ALL_ROLE_KEYS = [...inBoth('role'), native('vault-role'), ...inBoth('auth-config-role')];
export const IDENTITY_KEY = native('infisical-identity');

const ANNOTATIONS = 'variables.annotations';

const ASKS = OPT_INS.map((optIn) => asks(optIn, ANNOTATIONS)).join(' ||\n');

/** A family is left out where the pod says no by the family's own opt-in. */
const FOLLOWED = OPT_INS.map(
  (optIn) => cel`
    (k.startsWith(${quote(optIn.family.prefix)}) &&
      !(${declines(optIn, ANNOTATIONS)}))
  `,
).join(' ||\n');

const startsWithAny = (prefixes: readonly string[]): string =>
  prefixes.map((prefix) => `k.startsWith(${quote(prefix)})`).join(' || ');

/** Whether a key is there that is followed: a family may be left out. A list of keys would be searched from its beginning. */
const isFollowed = (index: 0 | 1, key: string): string =>
  `(variables.followed${index} && ${key} in variables.annotations)`;

/** With a template of its own, the path of a file is not read. Of two templates, that of OpenBao counts. */
function hasTemplate(secret: string): string {
  const [theirs, openbaos] = [`(${quote(TEXTS[0])} + f)`, `(${quote(TEXTS[1])} + f)`];
  return cel`
    [k.substring(${String(secret.length)})].exists(f,
      ${isFollowed(1, openbaos)}
        ? variables.annotations[${openbaos}].contains('{{')
        : (${isFollowed(0, theirs)} && variables.annotations[${theirs}].contains('{{')))
  `;
}

/** A blank path asks for nothing. */
const pathsOf = (secret: string): string => cel`
  variables.keys.filter(k, k.startsWith(${quote(secret)}) && variables.annotations[k].trim() != '' &&
    !${hasTemplate(secret)})
    .map(k, k + ' ' + variables.annotations[k].trim())
`;

/** What stands behind the name of the store in the annotations that name a source. */
const sourcesOf = (store: 'vault' | 'infisical'): string => cel`
  variables.keys
    .filter(k, k.startsWith(${quote(SOURCE)}) && variables.annotations[k].trim().startsWith('${store}:'))
    .map(k, k + ' ' + variables.annotations[k].trim().substring(${String(store.length + 1)}).split('#')[0].trim())
`;

const inTemplates = (places: string): string => cel`
  variables.templates.map(t, ${places}
    .map(p, t.key + ' ' + p).join('\n'))
`;

/** What a pod asks the stores for, after `annotations`. Places are entries of the form `<key> <place>`. */
export const STORE_REQUESTS: readonly NamedExpression[] = [
  {
    name: 'asks',
    expression: ASKS,
  },
  // Of the families that share their keys, which are followed.
  ...[DROP_IN, OPENBAO].map((family, index) => ({
    name: `followed${index}`,
    expression: OPT_INS.filter((optIn) => optIn.family === family)
      .map((optIn) => `!(${declines(optIn, ANNOTATIONS)})`)
      .join(' && '),
  })),
  {
    name: 'keys',
    expression: cel`
      variables.annotations.map(k, k).filter(k, variables.asks && (
        ${FOLLOWED}))
    `,
  },
  { name: 'roles', expression: `variables.keys.filter(k, k in ${quoteAll(ALL_ROLE_KEYS)})` },
  {
    name: 'templates',
    expression: cel`
      variables.keys.filter(k, ${startsWithAny(TEMPLATES)}).map(k, {
        'key': string(k),
        'actions': ${hasOwnDelimiters('k')} ? '' : ${actionsOf('variables.annotations[k]')},
        'text': ${hasOwnDelimiters('k')} ? string(variables.annotations[k]) : ''
      })
    `,
  },
  {
    name: 'vaultPlaces',
    expression: flattened(cel`
      (${SECRETS.map((secret) => pathsOf(secret)).join(' +\n      ')} +
      ${sourcesOf('vault')} +
      ${inTemplates(`(${vaultPathsIn('t.actions')} + ${vaultPathsInText('t.text')})`)})
    `),
  },
  {
    name: 'infisicalPlaces',
    expression: flattened(cel`
      (${sourcesOf('infisical')} +
      ${inTemplates(`(${infisicalPlacesIn('t.actions')} + ${infisicalPlacesInText('t.text')})`)})
    `),
  },
  // Of sources of no known store, the name before the colon: what follows may be anything, a credential too. And of templates in
  // files nobody knows what they read.
  {
    name: 'unknownSources',
    expression: cel`
      variables.keys
        .filter(k, k.startsWith(${quote(SOURCE)}) && !variables.annotations[k].trim().matches('^(vault|infisical):'))
        .map(k, k + ' ' + variables.annotations[k].trim().find('^[a-z]{1,16}:')) +
      variables.keys.filter(k, ${startsWithAny(TEMPLATE_FILES)}).map(k, string(k))
    `,
  },
];

/** The place in such an entry. */
export const placeIn = (entry: string): string => `${entry}.substring(${entry}.indexOf(' ') + 1)`;
