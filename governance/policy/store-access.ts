import { INFISICAL_BINDING_KEY, VAULT_BINDING_KEY } from '#contract/binding.ts';
import { INFISICAL_IDENTITIES_KEY, VAULT_ROLES_KEY } from '../tenancy.ts';
import { entriesOf, listed, message, NAMESPACE, quote } from './cel.ts';
import { pod, SERVED_BY } from './examples.ts';
import type { NamedExpression, Policy, Validation } from './policy.ts';
import { IDENTITY_KEY, STORE_REQUESTS } from './store-requests.ts';
import { ANNOTATIONS, CHANGED, TEMPLATE, WORKLOADS } from './workloads.ts';

/** A path with one slash at either end, so that one that begins with another is within it. */
const enclosed = (path: string): string => `'/' + ${path}.split('/').filter(s, s != '').join('/') + '/'`;

/** What climbs or hides that it does is within nothing. */
const isSound = (path: string): string =>
  `!${path}.contains('//') && !${path}.contains('\\\\') && !${path}.matches('%(2[eEfF]|5[cC])') && !${path}.split('/').exists(s, s in ['.', '..'])`;

/** Entries whose place is within none of the namespace's. */
const outside = (places: string, within: string): string =>
  `variables.${places}.filter(e, ![e.substring(e.indexOf(' ') + 1).split('?')[0]].exists(p, ${isSound('p')} && [${enclosed('p')}].exists(q, variables.${within}.exists(b, q.startsWith(b)))))`;

const BINDINGS: readonly NamedExpression[] = [
  { name: 'allowedRoles', expression: entriesOf(VAULT_ROLES_KEY) },
  {
    name: 'allowedPaths',
    expression: `${entriesOf(VAULT_BINDING_KEY)}.map(e, e.endsWith('*') ? e.substring(0, e.size() - 1) : e).filter(e, e.matches('[^/]')).map(e, ${enclosed('e')})`,
  },
  {
    name: 'allowedFolders',
    expression: `${entriesOf(INFISICAL_BINDING_KEY)}.filter(e, e.matches('^[^/]+/[^/]')).map(e, ${enclosed('e')})`,
  },
  { name: 'allowedIdentities', expression: entriesOf(INFISICAL_IDENTITIES_KEY) },
];

const FOUND: readonly NamedExpression[] = [
  {
    name: 'foreignRoles',
    expression:
      "variables.roles.filter(k, !(variables.annotations[k].trim() in variables.allowedRoles)).map(k, k + ': ' + variables.annotations[k])",
  },
  { name: 'foreignPaths', expression: outside('vaultPlaces', 'allowedPaths') },
  { name: 'foreignFolders', expression: outside('infisicalPlaces', 'allowedFolders') },
  {
    name: 'foreignIdentities',
    expression: `variables.keys.filter(k, k == ${quote(IDENTITY_KEY)} && !(variables.annotations[k] in variables.allowedIdentities)).map(k, k + ': ' + variables.annotations[k])`,
  },
];

const VALIDATIONS: readonly Validation[] = [
  {
    expression: 'variables.foreignRoles.size() == 0',
    message: `the pod logs in with a role that the annotation ${VAULT_ROLES_KEY} of its namespace does not allow`,
    messageExpression: message`namespace ${NAMESPACE} may not log in with: ${listed('variables.foreignRoles')}. Roles allowed here: ${listed('variables.allowedRoles')}. Write one of these, or ask the platform team to add the role to the annotation sidekey.dev/vault-roles of the namespace`,
  },
  {
    expression: 'variables.foreignPaths.size() == 0',
    message: `the pod reads a path that the annotation ${VAULT_BINDING_KEY} of its namespace does not allow`,
    messageExpression: message`namespace ${NAMESPACE} may not read: ${listed('variables.foreignPaths')}. Allowed here, each with all below it: ${listed('variables.allowedPaths')}. Write a path within one of these, or ask the platform team to add it to the annotation sidekey.dev/vault-paths of the namespace`,
  },
  {
    expression: 'variables.foreignFolders.size() == 0',
    message: `the pod reads a folder that the annotation ${INFISICAL_BINDING_KEY} of its namespace does not allow`,
    messageExpression: message`namespace ${NAMESPACE} may not read of Infisical: ${listed('variables.foreignFolders')}. Allowed here, each with all below it: ${listed('variables.allowedFolders')}. Write a folder within one of these as <project>/<environment>/<folder>, or ask the platform team to add it to the annotation sidekey.dev/infisical of the namespace`,
  },
  {
    expression: 'variables.foreignIdentities.size() == 0',
    message: `the pod logs in as a machine identity that the annotation ${INFISICAL_IDENTITIES_KEY} of its namespace does not allow`,
    messageExpression: message`namespace ${NAMESPACE} may not log in to Infisical as: ${listed('variables.foreignIdentities')}. Identities allowed here: ${listed('variables.allowedIdentities')}. Write one of these, or none for the operator's, or ask the platform team to add it to the annotation sidekey.dev/infisical-identities of the namespace`,
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
