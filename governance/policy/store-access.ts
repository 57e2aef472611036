import {
  INFISICAL_BINDING_KEY,
  INFISICAL_IDENTITIES_KEY,
  VAULT_BINDING_KEY,
  VAULT_ROLES_KEY,
} from '#contract/binding.ts';
import { allEmpty, cel, entriesOf, quote, quoteAll } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import { allFindings, type Finding, listed, message, NAMESPACE } from './message.ts';
import type { NamedExpression, Policy } from './policy.ts';
import { IDENTITY_KEY, METHOD_KEYS, placeIn, ROLE_KEYS, STORE_REQUESTS } from './store-requests.ts';
import { ANNOTATIONS, CHANGED, TEMPLATE, WORKLOADS } from './workloads.ts';

/** A path with one slash at either end, so that one that begins with another is within it. */
const enclosed = (path: string): string => `'/' + ${path}.split('/').filter(s, s != '').join('/') + '/'`;

/** A path of Vault has no empty part, and a place of Infisical is in a project and an environment. */
const WHOLE = { vault: "!p.contains('//')", infisical: "p.matches('^[^/]+/[^/]+')" };

/** Entries whose place is within none of the namespace's. A place that climbs, however it is spelt, is within nothing. */
const outside = (store: keyof typeof WHOLE, places: string, bound: string): string => cel`
  ${places}.filter(e, ![${placeIn('e')}.split('?')[0]].exists(p,
    ${WHOLE[store]} && !p.contains('\\') && !p.matches('%(2[eEfF]|5[cC])') &&
    !p.split('/').exists(s, s in ['.', '..']) &&
    [${enclosed('p')}].exists(q, ${bound}.exists(b, q.startsWith(b)))))
`;

/** What the namespace is allowed, as it is written and as it is compared. */
const BINDINGS: readonly NamedExpression[] = [
  { name: 'allowedRoles', expression: entriesOf(VAULT_ROLES_KEY) },
  { name: 'allowedIdentities', expression: entriesOf(INFISICAL_IDENTITIES_KEY) },
  { name: 'allowedPaths', expression: entriesOf(VAULT_BINDING_KEY) },
  {
    name: 'boundPaths',
    expression: cel`
      variables.allowedPaths
        .map(e, e.endsWith('*') ? e.substring(0, e.size() - 1) : e).filter(e, e.matches('[^/]'))
        .map(e, ${enclosed('e')})
    `,
  },
  { name: 'allowedFolders', expression: entriesOf(INFISICAL_BINDING_KEY) },
  {
    name: 'boundFolders',
    expression: cel`
      variables.allowedFolders.filter(e, e.matches('^[^/]+/[^/]'))
        .map(e, ${enclosed('e')})
    `,
  },
];

/** By these a pod logs in as its service account, with the role that it names; by others, with whatever it was given. */
const ACCOUNT_METHODS = ['kubernetes', 'jwt'];

const FOUND: readonly NamedExpression[] = [
  {
    name: 'foreignMethods',
    expression: cel`
      variables.keys.filter(k, k in ${quoteAll(METHOD_KEYS)} &&
        !(variables.annotations[k] in ${quoteAll(ACCOUNT_METHODS)}))
        .map(k, k + ': ' + variables.annotations[k])
    `,
  },
  {
    name: 'foreignRoles',
    expression: cel`
      variables.roles.filter(k, !(variables.annotations[k].trim() in variables.allowedRoles))
        .map(k, k + ': ' + variables.annotations[k])
    `,
  },
  {
    name: 'missingRoles',
    expression: cel`
      variables.vaultPlaces.size() == 0 || variables.roles.size() > 0 || variables.foreignMethods.size() > 0 ? [] :
        ${quoteAll(ROLE_KEYS)}
    `,
  },
  { name: 'foreignPaths', expression: outside('vault', 'variables.vaultPlaces', 'variables.boundPaths') },
  {
    name: 'foreignFolders',
    expression: outside('infisical', 'variables.infisicalPlaces', 'variables.boundFolders'),
  },
  {
    name: 'foreignIdentities',
    expression: cel`
      variables.keys.filter(k, k == ${quote(IDENTITY_KEY)} &&
        !(variables.annotations[k] in variables.allowedIdentities))
        .map(k, k + ': ' + variables.annotations[k])
    `,
  },
];

const askFor = (annotation: string): string =>
  quote(`or ask the platform team to add it to the annotation ${annotation} of the namespace`);

const FINDINGS: readonly Finding[] = [
  {
    list: 'variables.foreignMethods',
    text: message`may not log in to Vault by: ${listed('variables.foreignMethods')} (allowed here: ${quote(ACCOUNT_METHODS.join(', '))}; what else a pod may be given to log in with belongs to no namespace, so write one of these, or no such annotation)`,
  },
  {
    list: 'variables.foreignRoles',
    text: message`may not log in to Vault with: ${listed('variables.foreignRoles')} (allowed here: ${listed('variables.allowedRoles')}; write one of these, ${askFor(VAULT_ROLES_KEY)})`,
  },
  {
    list: 'variables.missingRoles',
    text: message`has to say what to log in to Vault with, by one of: ${listed('variables.missingRoles')} (allowed here: ${listed('variables.allowedRoles')})`,
  },
  {
    list: 'variables.foreignPaths',
    text: message`may not read of Vault: ${listed('variables.foreignPaths')} (allowed here, each with all below it: ${listed('variables.allowedPaths')}; write a path within one of these, ${askFor(VAULT_BINDING_KEY)})`,
  },
  {
    list: 'variables.foreignFolders',
    text: message`may not read of Infisical: ${listed('variables.foreignFolders')} (allowed here, each with all below it: ${listed('variables.allowedFolders')}; write a folder within one of these, ${askFor(INFISICAL_BINDING_KEY)})`,
  },
  {
    list: 'variables.foreignIdentities',
    text: message`may not log in to Infisical as: ${listed('variables.foreignIdentities')} (allowed here: ${listed('variables.allowedIdentities')}; write one of these, or none to log in as the operator's, ${askFor(INFISICAL_IDENTITIES_KEY)})`,
  },
  {
    list: 'variables.unknownSources',
    text: message`cannot be told what it may read by: ${listed('variables.unknownSources')} (allowed are sources that begin with vault: or infisical:, and templates that stand in the annotation itself)`,
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
  validations: [
    {
      expression: allEmpty(FINDINGS.map(({ list }) => list)),
      message:
        'the pod asks for a role, a path, a folder or an identity that the annotations of its namespace do not allow',
      messageExpression: message`namespace ${NAMESPACE} ${allFindings(FINDINGS)}`,
    },
  ],
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
