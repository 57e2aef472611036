import type { JsonObject } from '#contract/json.ts';
import { asking, askingVault, dropIn, FOREIGN_PATH, native, OWN_PATH, template } from './asking.ts';
import type { Case } from './case.ts';
import { own } from './namespaces.ts';
import { allows, by, creates, denies, updates, workload, WORKLOAD_KINDS } from './objects.ts';

const POLICY = 'sidekey-store-access';

/** What asks for everything that is another's. */
const FOREIGN = { role: 'team-b', 'agent-inject-secret-api': FOREIGN_PATH };

const ROLES = [
  ...allows({
    'a role of the namespace': template(askingVault(OWN_PATH)),
    'the second role of the namespace': template(askingVault(OWN_PATH, { role: 'team-a-train' })),
    'a role of the namespace in Sidekey’s own words': native({
      'vault-role': 'team-a',
      'secret.api': `vault:${OWN_PATH}#key`,
    }),
    'a role in the words of one family for the files of the other': template({
      ...dropIn({ 'agent-inject': 'true', 'agent-inject-secret-api': OWN_PATH }),
      ...own({ 'vault-role': 'team-a' }),
    }),
    'a role and a path between blanks and slashes of the namespace’s lists': template(
      askingVault('secret/data/untidy/api', { role: 'untidy' }),
      'untidy',
    ),
  }),
  ...denies(POLICY, {
    'a role of another namespace': [template(askingVault(OWN_PATH, { role: 'team-b' })), /team-b.*team-a/su],
    'a role whose name begins like one of the namespace': [
      template(askingVault(OWN_PATH, { role: 'team-a-admin' })),
      'team-a-admin',
    ],
    'a role that is the beginning of one of the namespace': [
      template(askingVault(OWN_PATH, { role: 'team' })),
      'team',
    ],
    'two roles at once': [
      template(askingVault(OWN_PATH, { role: 'team-a,team-a-train' })),
      'team-a,team-a-train',
    ],
    'a star for a role': [template(askingVault('secret/data/x', { role: 'team-b' }), 'misbound'), 'team-b'],
    'no role where one is needed': [
      template(dropIn({ 'agent-inject': 'true', 'agent-inject-secret-api': OWN_PATH })),
      'role',
    ],
    'a blank role where one is needed': [template(askingVault(OWN_PATH, { role: ' ' })), 'role'],
    'no role where one is needed, in Sidekey’s own words': [
      native({ 'secret.api': `vault:${OWN_PATH}#key` }),
      'sidekey.dev/vault-role',
    ],
    'a role of another namespace in Sidekey’s own words': [
      native({ 'vault-role': 'team-b', 'secret.api': `vault:${OWN_PATH}#key` }),
      'team-b',
    ],
    'a role of another namespace beside one of the namespace': [
      template({ ...askingVault(OWN_PATH), ...own({ 'vault-role': 'team-b' }) }),
      'team-b',
    ],
    'a role in a namespace that has none': [template(askingVault(OWN_PATH), 'plain'), 'team-a'],
    'a role in a namespace with an empty list of roles': [template(askingVault(OWN_PATH), 'empty'), 'team-a'],
  }),
];

const APPROLE = { 'auth-type': 'approle', 'auth-config-role-id-file-path': '/vault/custom/role-id' };

const METHODS = [
  ...allows({
    'kubernetes auth with a role of the namespace': template(
      askingVault(OWN_PATH, { 'auth-type': 'kubernetes' }),
    ),
    'jwt auth with a role of the namespace': native({
      'vault-auth': 'jwt',
      'vault-role': 'team-a',
      'secret.api': `vault:${OWN_PATH}#key`,
    }),
    'a method that counts for nothing, for its family is declined': template({
      ...asking({ 'vault-role': 'team-a', 'secret.api': `vault:${OWN_PATH}` }),
      ...dropIn({ 'agent-inject': 'false', ...APPROLE }),
    }),
  }),
  ...denies(POLICY, {
    'approle auth behind a role of the namespace': [template(askingVault(OWN_PATH, APPROLE)), 'approle'],
    'cert auth with a name of the namespace': [
      template(askingVault(OWN_PATH, { 'auth-type': 'cert', 'auth-config-name': 'team-a' })),
      'vault.hashicorp.com/auth-type: cert',
    ],
    'a token of a Secret in Sidekey’s own words': [
      native({
        'vault-auth': 'token_file',
        'vault-auth-secret': 'token',
        'secret.api': `vault:${OWN_PATH}#key`,
      }),
      'sidekey.dev/vault-auth: token_file',
    ],
    'a method in the words of one family for the files of the other': [
      template({ ...askingVault(OWN_PATH), ...own({ 'vault-auth': 'approle', 'vault-auth-secret': 'x' }) }),
      'sidekey.dev/vault-auth: approle',
    ],
    'a method that there is not': [
      template(askingVault(OWN_PATH, { 'auth-type': 'Kubernetes' })),
      'Kubernetes',
    ],
    'a role of another namespace as a setting of the method': [
      template(askingVault(OWN_PATH, { 'auth-config-role': 'team-b' })),
      'auth-config-role: team-b',
    ],
  }),
];

/** Whether a pod asks, as the injector reads it. */
const OPT_INS = [
  ...['1', 't', 'T', 'TRUE', 'true', 'True', 'yes'].map((word) =>
    creates(
      `a pod asks by agent-inject: "${word}"`,
      template(dropIn({ 'agent-inject': word, ...FOREIGN })),
      by(POLICY)('team-b'),
    ),
  ),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False', ''].map((word) =>
    creates(
      `a pod does not ask by agent-inject: "${word}"`,
      template(dropIn({ 'agent-inject': word, ...FOREIGN })),
    ),
  ),
  ...['True', '1', ''].map((word) =>
    creates(
      `a pod asks badly by inject: "${word}"`,
      template(own({ inject: word, 'vault-role': 'team-b' })),
      by(POLICY)('team-b'),
    ),
  ),
  creates(
    'a pod does not ask by inject: "false"',
    template(own({ inject: 'false', 'vault-role': 'team-b' })),
  ),
  ...allows({
    'a pod that does not ask is nobody’s matter': template(dropIn(FOREIGN)),
    'a pod that does not ask in Sidekey’s own words is nobody’s matter': template(
      own({ 'vault-role': 'team-b', 'secret.api': `vault:${FOREIGN_PATH}` }),
    ),
    'what a pod says in the words of the family that it declines does not count': template({
      ...dropIn({ 'agent-inject': 'false', ...FOREIGN }),
      ...asking({ 'vault-role': 'team-a', 'secret.api': `vault:${OWN_PATH}` }),
    }),
    'what a pod says in Sidekey’s own words while it declines them does not count': template({
      ...askingVault(OWN_PATH),
      ...own({ inject: 'false', 'vault-role': 'team-b' }),
    }),
    'an exempt namespace asks for what it likes': template(
      dropIn({ 'agent-inject': 'true', ...FOREIGN }),
      'kube-system',
    ),
    'a namespace that is only audited asks for what it likes': template(
      dropIn({ 'agent-inject': 'true', ...FOREIGN }),
      'rollout',
    ),
    'other annotations of the family are for the injector': template(
      askingVault(OWN_PATH, {
        namespace: 'team-b',
        'auth-path': 'auth/jwt',
        service: 'https://elsewhere.example',
      }),
    ),
  }),
];

const turned = (path: string): JsonObject =>
  workload('Deployment', { name: 'turned', annotations: askingVault(path) });

const KINDS = [
  ...WORKLOAD_KINDS.filter((kind) => kind !== 'Deployment').map((kind) =>
    creates(
      `a ${kind} whose pods ask for another’s secret`,
      workload(kind, { annotations: askingVault(FOREIGN_PATH) }),
      by(POLICY)(FOREIGN_PATH),
    ),
  ),
  ...WORKLOAD_KINDS.filter((kind) => kind !== 'Deployment').map((kind) =>
    creates(
      `a ${kind} whose pods ask for a secret of the namespace`,
      workload(kind, { annotations: askingVault(OWN_PATH) }),
    ),
  ),
  updates(
    'a Deployment may not come to ask for another’s secret',
    [turned(OWN_PATH), turned(FOREIGN_PATH)],
    by(POLICY)(FOREIGN_PATH),
  ),
];

export const STORE_ACCESS: readonly Case[] = [...ROLES, ...METHODS, ...OPT_INS, ...KINDS];
