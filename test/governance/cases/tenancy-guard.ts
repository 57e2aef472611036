import { type JsonObject, objectIn } from '#contract/json.ts';
import type { Case, Requester } from './case.ts';
import { namespace, own, PLATFORM_USER } from './namespaces.ts';
import { by, creates, updates } from './objects.ts';

const denied = by('sidekey-tenancy-guard');

type Keys = Readonly<Record<string, string | null>>;

const TENANT = own({ tenant: 'guarded' });
const LISTS = own({ 'gpu-resources': 'nvidia.com/mig-3g.40gb', 'vault-roles': 'guarded' });
const PSA = 'pod-security.kubernetes.io/enforce';
const ADMIN_ACCESS = 'resource.kubernetes.io/admin-access';

/** A namespace with what a tenant has. */
const tenant = (name: string): JsonObject => namespace(name, { ...TENANT, [PSA]: 'restricted' }, LISTS);

/** The keys after a change; null takes one away. */
function changed(before: JsonObject, keys: Keys): JsonObject {
  return Object.fromEntries(Object.entries({ ...before, ...keys }).filter(([, value]) => value !== null));
}

/** A tenant's namespace before and after somebody changes some of its keys. */
function change(name: string, labels: Keys, annotations: Keys = {}): readonly [JsonObject, JsonObject] {
  const before = tenant(name);
  const metadata = objectIn(before, 'metadata');
  const after = {
    ...metadata,
    labels: changed(objectIn(metadata, 'labels'), labels),
    annotations: changed(objectIn(metadata, 'annotations'), annotations),
  };
  return [before, { ...before, metadata: after }];
}

const CREATED: readonly Case[] = [
  creates('anyone may make a namespace, if RBAC lets them', namespace('guard-plain')),
  creates(
    'anyone may make a namespace with keys of other things',
    namespace(
      'guard-other',
      { team: 'ml', 'sidekey.dev.example/tenant': 'x' },
      { 'example.com/vault-paths': 'secret' },
    ),
  ),
  creates(
    'nobody makes a tenant of a namespace',
    namespace('guard-tenant', TENANT),
    denied('sidekey.dev/tenant'),
  ),
  creates(
    'nobody makes a namespace with accelerators',
    namespace('guard-gpu', {}, own({ 'gpu-resources': 'nvidia.com/*' })),
    denied('sidekey.dev/gpu-resources'),
  ),
  creates(
    'nobody makes a namespace with paths of Vault',
    namespace('guard-vault', {}, own({ 'vault-paths': 'secret/data' })),
    denied('sidekey.dev/vault-paths'),
  ),
  creates(
    'nobody makes a namespace with folders of Infisical',
    namespace('guard-infisical', {}, own({ infisical: 'ml/prod' })),
    denied('sidekey.dev/infisical'),
  ),
  creates(
    'nobody makes a namespace with a key that is not known yet',
    namespace('guard-new', {}, own({ 'of-tomorrow': 'x' })),
    denied('sidekey.dev/of-tomorrow'),
  ),
  creates(
    'nobody makes a namespace that is only audited',
    namespace('guard-audit', own({ enforcement: 'audit' })),
    denied('sidekey.dev/enforcement'),
  ),
  creates(
    'nobody makes a namespace with a level of Pod Security',
    namespace('guard-psa', { [PSA]: 'privileged' }),
    denied(PSA),
  ),
  creates(
    'nobody makes a namespace with administrative access to devices',
    namespace('guard-admin', { [ADMIN_ACCESS]: 'true' }),
    denied(ADMIN_ACCESS),
  ),
  creates('nobody makes a namespace that no policy looks at', namespace('sidekey'), denied('sidekey')),
];

const CHANGED: readonly Case[] = [
  updates(
    'anyone may label a tenant’s namespace with something else',
    change('guard-label', { team: 'ml' }, { note: 'ours' }),
  ),
  updates('anyone may take away a label that is no matter of tenancy', [
    namespace('guard-unlabel', { ...TENANT, team: 'ml' }),
    namespace('guard-unlabel', TENANT),
  ]),
  updates('anyone may change a namespace that has no keys at all', [
    namespace('guard-bare'),
    namespace('guard-bare', { team: 'ml' }),
  ]),
  updates('anyone may send a tenant’s namespace back as it is', change('guard-same', {})),
  updates(
    'nobody widens a list',
    change('guard-widen', {}, own({ 'gpu-resources': 'nvidia.com/*' })),
    denied('sidekey.dev/gpu-resources'),
  ),
  updates(
    'nobody narrows a list, either',
    change('guard-narrow', {}, own({ 'vault-roles': '' })),
    denied('sidekey.dev/vault-roles'),
  ),
  updates(
    'nobody adds a list',
    change('guard-add', {}, own({ 'vault-paths': 'secret/data/team-b' })),
    denied('sidekey.dev/vault-paths'),
  ),
  updates(
    'nobody takes a list away',
    change('guard-remove', {}, { 'sidekey.dev/gpu-resources': null }),
    denied('sidekey.dev/gpu-resources'),
  ),
  updates(
    'nobody takes all lists away',
    [tenant('guard-clear'), namespace('guard-clear', { ...TENANT, [PSA]: 'restricted' })],
    denied('sidekey.dev/'),
  ),
  updates(
    'nobody gives a namespace to another tenant',
    change('guard-give', own({ tenant: 'team-b' })),
    denied('sidekey.dev/tenant'),
  ),
  updates(
    'nobody takes a namespace from its tenant',
    change('guard-take', { 'sidekey.dev/tenant': null }),
    denied('sidekey.dev/tenant'),
  ),
  updates(
    'nobody makes a namespace one that is only audited',
    change('guard-relax', own({ enforcement: 'audit' })),
    denied('sidekey.dev/enforcement'),
  ),
  updates(
    'nobody lowers a level of Pod Security',
    change('guard-lower', { [PSA]: 'privileged' }),
    denied(PSA),
  ),
  updates('nobody takes a level of Pod Security away', change('guard-unset', { [PSA]: null }), denied(PSA)),
  updates(
    'nobody adds a level of Pod Security that warns',
    change('guard-warn', { 'pod-security.kubernetes.io/warn': 'baseline' }),
    denied('pod-security.kubernetes.io/warn'),
  ),
  updates(
    'nobody allows administrative access to devices',
    change('guard-access', { [ADMIN_ACCESS]: 'true' }),
    denied(ADMIN_ACCESS),
  ),
  updates(
    'nobody allows administrative access as it was called before Kubernetes 1.34',
    change('guard-former-access', { 'resource.k8s.io/admin-access': 'true' }),
    denied('resource.k8s.io/admin-access'),
  ),
  updates(
    'nobody hides a change of a list among others',
    change('guard-hide', { team: 'ml' }, { note: 'ours', ...own({ 'mig-strategy': 'single' }) }),
    denied('sidekey.dev/mig-strategy'),
  ),
  updates(
    'nobody changes what an exempt namespace is',
    [namespace('gpu-operator'), namespace('gpu-operator', { [PSA]: 'privileged' })],
    denied(PSA),
  ),
];

const DELETED: readonly Case[] = [
  {
    name: 'nobody deletes a tenant’s namespace',
    operation: 'DELETE',
    object: tenant('guard-gone'),
    denies: [denied('sidekey.dev/tenant')],
  },
  {
    name: 'anyone may delete another namespace',
    operation: 'DELETE',
    object: namespace('guard-cleared', { team: 'ml' }),
    denies: [],
  },
];

/** Who may, and who only looks as if. */
const PLATFORM: Readonly<Record<string, Requester>> = {
  'an administrator of the cluster': { username: 'root', groups: ['system:masters', 'system:authenticated'] },
  'one of the platform’s group': {
    username: 'oidc:ada',
    groups: ['oidc:everyone', 'sidekey:platform', 'system:authenticated'],
  },
  'a user whom the platform names': {
    username: PLATFORM_USER,
    groups: ['system:serviceaccounts', 'system:authenticated'],
  },
};

const IMPOSTORS: Readonly<Record<string, Requester>> = {
  'a user who is called like the platform’s group': {
    username: 'sidekey:platform',
    groups: ['system:authenticated'],
  },
  'one of a group that is called like a user of the platform': {
    username: 'mallory',
    groups: [PLATFORM_USER, 'system:authenticated'],
  },
  'one of a group whose name begins alike': {
    username: 'mallory',
    groups: ['sidekey:platform-readers', 'system:authenticated'],
  },
  'the account of a workload': {
    username: 'system:serviceaccount:team-a:default',
    groups: ['system:serviceaccounts', 'system:authenticated'],
  },
};

/** Some who ask for the same, each of namespaces of their own. */
const asked = (users: Readonly<Record<string, Requester>>, verb: 'may' | 'may not'): readonly Case[] =>
  Object.entries(users).flatMap(([who, user], index) => {
    const denials = verb === 'may' ? [] : [denied('sidekey.dev/')];
    const name = `guard-${verb.replace(' ', '-')}-${index}`;
    const widened = change(`${name}-widen`, {}, own({ 'gpu-resources': 'nvidia.com/*' }));
    const gone = { operation: 'DELETE' as const, object: tenant(`${name}-gone`), denies: denials };
    return [
      creates(`${who} ${verb} make a tenant of a namespace`, tenant(name), ...denials),
      updates(`${who} ${verb} widen a list`, widened, ...denials),
      { name: `${who} ${verb} delete a tenant’s namespace`, ...gone },
    ].map((one) => ({ ...one, user }));
  });

export const TENANCY_GUARD: readonly Case[] = [
  ...CREATED,
  ...CHANGED,
  ...DELETED,
  ...asked(PLATFORM, 'may'),
  ...asked(IMPOSTORS, 'may not'),
];
