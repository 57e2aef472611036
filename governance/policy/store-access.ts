import { INFISICAL_BINDING_KEY, VAULT_BINDING_KEY } from '#contract/binding.ts';
import { INFISICAL_IDENTITIES_KEY, VAULT_ROLES_KEY } from '../tenancy.ts';
import { allEmpty, allOf, entriesOf, listed, message, NAMESPACE, partOf, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy, Validation } from './policy.ts';
import { IDENTITY_KEY, ROLE_KEYS, STORE_REQUESTS } from './store-requests.ts';
import { ANNOTATIONS, CHANGED, TEMPLATE, WORKLOADS } from './workloads.ts';

/** A path with one slash at either end, so that one that begins with another is within it. */
const enclosed = (path: string): string => `'/' + ${path}.split('/').filter(s, s != '').join('/') + '/'`;

/** Parts that climb, in any spelling, lead out of everything. */
const climbs = (path: string): string =>
  `(${path}.contains('\\\\') || ${path}.matches('%(2[eEfF]|5[cC])') || ${path}.split('/').exists(s, s in ['.', '..']))`;

/** A mount of Vault has no empty name, and what is no folder of Infisical has no project and environment. */
const isWhole = { vault: `!p.contains('//')`, infisical: `p.matches('^[^/]+/[^/]+')` };

/** Entries whose place is within none of the namespace's. */
const outside = (store: 'vault' | 'infisical', places: string, within: string): string =>
  `${places}.filter(e, ![e.substring(e.indexOf(' ') + 1).split('?')[0]].exists(p, ${isWhole[store]} && !${climbs('p')} && [${enclosed('p')}].exists(q, ${within}.exists(b, q.startsWith(b)))))`;

/** Lists of the namespace as they are written, for messages, and as they are compared. */
const BINDINGS: readonly NamedExpression[] = [
  { name: 'allowedRoles', expression: entriesOf(VAULT_ROLES_KEY) },
  { name: 'allowedIdentities', expression: entriesOf(INFISICAL_IDENTITIES_KEY) },
  { name: 'allowedPaths', expression: entriesOf(VAULT_BINDING_KEY) },
  {
    name: 'boundPaths',
    expression: `variables.allowedPaths.map(e, e.endsWith('*') ? e.substring(0, e.size() - 1) : e).filter(e, e.matches('[^/]')).map(e, ${enclosed('e')})`,
  },
  { name: 'allowedFolders', expression: entriesOf(INFISICAL_BINDING_KEY) },
  {
    name: 'boundFolders',
    expression: `variables.allowedFolders.filter(e, e.matches('^[^/]+/[^/]')).map(e, ${enclosed('e')})`,
  },
];

const FOUND: readonly NamedExpression[] = [
  {
    name: 'foreignRoles',
    expression:
      "variables.roles.filter(k, !(variables.annotations[k].trim() in variables.allowedRoles)).map(k, k + ': ' + variables.annotations[k])",
  },
  {
    name: 'missingRoles',
    expression: `variables.vaultPlaces.size() == 0 || variables.roles.size() > 0 ? [] : ${quoteAll(ROLE_KEYS)}`,
  },
  { name: 'foreignPaths', expression: outside('vault', 'variables.vaultPlaces', 'variables.boundPaths') },
  {
    name: 'foreignFolders',
    expression: outside('infisical', 'variables.infisicalPlaces', 'variables.boundFolders'),
  },
  {
    name: 'foreignIdentities',
    expression: `variables.keys.filter(k, k == ${quote(IDENTITY_KEY)} && !(variables.annotations[k] in variables.allowedIdentities)).map(k, k + ': ' + variables.annotations[k])`,
  },
];

const askFor = (annotation: string): string =>
  `or ask the platform team to add it to the annotation ${annotation} of the namespace`;

/** What is said of each list of findings. What is no source at all may be a credential, so it is not repeated. */
const PARTS: readonly (readonly [string, string])[] = [
  [
    'variables.foreignRoles',
    message`may not log in to Vault with: ${listed('variables.foreignRoles')} (allowed here: ${listed('variables.allowedRoles')}; write one of these, ${quote(askFor(VAULT_ROLES_KEY))})`,
  ],
  [
    'variables.missingRoles',
    message`has to say what to log in to Vault with, by one of: ${listed('variables.missingRoles')} (allowed here: ${listed('variables.allowedRoles')})`,
  ],
  [
    'variables.foreignPaths',
    message`may not read of Vault: ${listed('variables.foreignPaths')} (allowed here, each with all below it: ${listed('variables.allowedPaths')}; write a path within one of these, ${quote(askFor(VAULT_BINDING_KEY))})`,
  ],
  [
    'variables.foreignFolders',
    message`may not read of Infisical: ${listed('variables.foreignFolders')} (allowed here, each with all below it: ${listed('variables.allowedFolders')}; write a folder within one of these, ${quote(askFor(INFISICAL_BINDING_KEY))})`,
  ],
  [
    'variables.foreignIdentities',
    message`may not log in to Infisical as: ${listed('variables.foreignIdentities')} (allowed here: ${listed('variables.allowedIdentities')}; write one of these, or none to log in as the operator's, ${quote(askFor(INFISICAL_IDENTITIES_KEY))})`,
  ],
  [
    'variables.unknownSources',
    message`cannot be told what it may read by: ${listed('variables.unknownSources')} (allowed are sources that begin with vault: or infisical:)`,
  ],
];

const VALIDATIONS: readonly Validation[] = [
  {
    expression: allEmpty(PARTS.map(([list]) => list)),
    message:
      'the pod asks for a role, a path, a folder or an identity that the annotations of its namespace do not allow',
    messageExpression: message`namespace ${NAMESPACE} ${allOf(PARTS.map(([list, text]) => partOf(list, text)))}`,
  },
];

const NAMESPACE_OF_EXAMPLES = {
  annotations: { [VAULT_ROLES_KEY]: 'team-a', [VAULT_BINDING_KEY]: 'secret/data/team-a' },
};

const reading = (path: string, role: string): Policy['examples']['good']['object'] =>
  pod(
    { containers: [SERVED_BY] },
    {
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': role,
      'vault.hashicorp.com/agent-inject-secret-api-key': path,
    },
  );

export const STORE_ACCESS: Policy = {
  name: 'sidekey-store-access',
  title: 'Roles, paths and folders belong to the namespace',
  reason:
    'The store itself says who may read what; here a team is told before its pod starts, and a mistake in the store alone opens nothing.',
  severity: 'high',
  controls: [
    'ISO 27001 A.5.15',
    'ISO 27001 A.8.3',
    'SOC 2 CC6.1',
    'NIS2 21(2)(i)',
    'DORA Art. 9',
    'TISAX 4.2',
  ],
  advice:
    'A path that a template computes is seen by nobody before it is read: there the rules of the store decide alone.',
  failurePolicy: 'Fail',
  scope: 'namespaced',
  readsUser: false,
  resources: WORKLOADS,
  conditions: [CHANGED],
  variables: [TEMPLATE, ANNOTATIONS, ...STORE_REQUESTS, ...BINDINGS, ...FOUND],
  validations: VALIDATIONS,
  auditAnnotations: [],
  examples: {
    good: {
      title: 'its own role, and a path below its own',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: reading('secret/data/team-a/api-key', 'team-a'),
    },
    bad: {
      title: 'the path of another team',
      namespace: NAMESPACE_OF_EXAMPLES,
      object: reading('secret/data/team-b/api-key', 'team-a'),
    },
  },
};
