import { DROP_IN, dropIn, NATIVE, native } from '../../injector/annotations/families.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';
import { quote, quoteAll } from './cel.ts';
import { asks, declined } from './opt-ins.ts';
import type { NamedExpression } from './policy.ts';
import { actionsOf, infisicalPlacesIn, vaultPathsIn } from './template-calls.ts';

const SECRET = dropIn('agent-inject-secret-');
const TEMPLATES = [dropIn('agent-inject-template-'), native('template.')];
const SOURCE = native('secret.');

/** The keys by which a pod says whom it logs in as. */
export const ROLE_KEYS = [dropIn('role'), native('vault-role')];
export const IDENTITY_KEY = native('infisical-identity');

const ANNOTATIONS = 'variables.annotations';
const valueOf = (key: string): string => `${ANNOTATIONS}[${key}]`;

const ASKS = OPT_INS.map((optIn) => asks(optIn, ANNOTATIONS)).join(' || ');

/** A family is left out where the pod does not ask at all, or says no by the family's own opt-in. */
const FOLLOWED = OPT_INS.map(
  (optIn) =>
    `(k.startsWith(${quote(optIn.family === DROP_IN ? DROP_IN.prefix : NATIVE.prefix)}) && !${declined(optIn, ANNOTATIONS)})`,
).join(' || ');

const startsWithAny = (prefixes: readonly string[]): string =>
  prefixes.map((prefix) => `k.startsWith(${quote(prefix)})`).join(' || ');

/** With a template of its own, the path of a file is not read. */
const HAS_TEMPLATE = `${ANNOTATIONS}[?(${quote(TEMPLATES[0] ?? '')} + k.substring(${SECRET.length}))].orValue('').contains('{{')`;

/** Key and place, each entry of the form `<key> <place>`: a list of lists cannot be made one otherwise. */
const flattened = (lists: readonly string[]): string =>
  `[${lists.map((list) => `${list}.join('\\n')`).join(', ')}].join('\\n').split('\\n').filter(e, e != '')`;

const sourcesOf = (store: 'vault' | 'infisical'): string =>
  `variables.keys.filter(k, k.startsWith(${quote(SOURCE)}) && ${valueOf('k')}.trim().startsWith(${quote(`${store}:`)}))` +
  `.map(k, k + ' ' + ${valueOf('k')}.trim().substring(${store.length + 1}).split('#')[0].trim())`;

const inTemplates = (places: string): string =>
  `variables.templates.map(t, ${places}.map(p, t.key + ' ' + p).join('\\n'))`;

/** Sources of no store that is known, as far as the name before the colon: what follows may be anything. */
const UNKNOWN_SOURCES = `variables.keys.filter(k, k.startsWith(${quote(SOURCE)}) && !${valueOf('k')}.trim().matches('^(vault|infisical):')).map(k, k + ' ' + ${valueOf('k')}.trim().find('^[a-z]{1,16}:'))`;

/** What a pod asks the stores for, after `annotations`. */
export const STORE_REQUESTS: readonly NamedExpression[] = [
  { name: 'keys', expression: `${ASKS} ? ${ANNOTATIONS}.map(k, k).filter(k, ${FOLLOWED}) : []` },
  {
    name: 'templates',
    expression: `variables.keys.filter(k, ${startsWithAny(TEMPLATES)}).map(k, {'key': string(k), 'actions': ${actionsOf(valueOf('k'))}})`,
  },
  { name: 'roles', expression: `variables.keys.filter(k, k in ${quoteAll(ROLE_KEYS)})` },
  {
    name: 'vaultPlaces',
    expression: flattened([
      `variables.keys.filter(k, k.startsWith(${quote(SECRET)}) && !${HAS_TEMPLATE}).map(k, k + ' ' + ${valueOf('k')}.trim())`,
      sourcesOf('vault'),
      inTemplates(vaultPathsIn('t.actions')),
    ]),
  },
  {
    name: 'infisicalPlaces',
    expression: flattened([sourcesOf('infisical'), inTemplates(infisicalPlacesIn('t.actions'))]),
  },
  { name: 'unknownSources', expression: UNKNOWN_SOURCES },
];
