import { field } from '../../servers/openbao-api.ts';
import type { DiffStage } from './diff-stage.ts';

/** Something that a person does by hand, what is said of it, and, if applying does not mend it, how it is undone. */
export interface Drift {
  readonly name: string;
  edit(stage: DiffStage): Promise<unknown>;
  readonly subject: string;
  readonly fields: readonly string[];
  undo?(stage: DiffStage): Promise<unknown>;
}

type Stage = Pick<DiffStage, 'cluster' | 'store'>;

export const patch = ({ cluster }: Stage, args: readonly string[], body: object): Promise<string> =>
  cluster.kubectl(['patch', ...args, '--type=merge', `--patch=${JSON.stringify(body)}`]);

const replace = (
  { cluster }: Stage,
  args: readonly string[],
  path: string,
  value: unknown,
): Promise<string> => {
  const body = JSON.stringify([{ op: 'replace', path, value }]);
  return cluster.kubectl(['patch', ...args, '--type=json', `--patch=${body}`]);
};

const create = ({ cluster }: Stage, object: object): Promise<string> =>
  cluster.kubectl(['create', '-f', '-'], JSON.stringify(object));

const role = ({ store }: Stage, body: object): Promise<unknown> =>
  store.api('POST', 'auth/jwt/role/team-a', body);

const roleNow = async ({ store }: Stage): Promise<object> =>
  field(await store.api('GET', 'auth/jwt/role/team-a'), 'data') as object;

const POLICY = 'sys/policies/acl/sidekey-team-a';

export const DRIFTS: readonly Drift[] = [
  {
    name: 'a quota is raised by hand',
    edit: (stage) =>
      patch(stage, ['resourcequota', 'sidekey-tenant', '-n', 'team-a'], {
        spec: { hard: { 'requests.nvidia.com/gpu': '8' } },
      }),
    subject: 'different ResourceQuota sidekey-tenant in team-a',
    fields: ['changed spec.hard[requests.nvidia.com/gpu]'],
  },
  {
    name: 'an annotation is edited',
    edit: (stage) =>
      patch(stage, ['namespace', 'team-a'], {
        metadata: { annotations: { 'sidekey.dev/gpu-resources': '*' } },
      }),
    subject: 'different Namespace team-a',
    fields: ['changed metadata.annotations[sidekey.dev/gpu-resources]'],
  },
  {
    name: 'an annotation is added',
    edit: (stage) =>
      patch(stage, ['namespace', 'team-a'], {
        metadata: { annotations: { 'sidekey.dev/device-classes': 'any' } },
      }),
    subject: 'different Namespace team-a',
    fields: ['extra metadata.annotations[sidekey.dev/device-classes]'],
    undo: (stage) =>
      patch(stage, ['namespace', 'team-a'], {
        metadata: { annotations: { 'sidekey.dev/device-classes': null } },
      }),
  },
  {
    name: 'a namespace is only audited from now on',
    edit: (stage) =>
      patch(stage, ['namespace', 'team-b'], { metadata: { labels: { 'sidekey.dev/enforcement': 'audit' } } }),
    subject: 'different Namespace team-b',
    fields: ['extra metadata.labels[sidekey.dev/enforcement]'],
    undo: (stage) =>
      patch(stage, ['namespace', 'team-b'], { metadata: { labels: { 'sidekey.dev/enforcement': null } } }),
  },
  {
    name: 'developers may read secrets',
    edit: (stage) =>
      stage.cluster.kubectl([
        'patch',
        'role',
        'sidekey-developer',
        '-n',
        'team-a',
        '--type=json',
        '--patch=[{"op":"add","path":"/rules/0","value":{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}}]',
      ]),
    subject: 'different Role sidekey-developer in team-a',
    fields: ['extra rules[0]'],
  },
  {
    name: 'somebody joins a team',
    edit: (stage) =>
      replace(stage, ['rolebinding', 'sidekey-developer', '-n', 'team-a'], '/subjects', [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'oidc:team-a-devs' },
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' },
      ]),
    subject: 'different RoleBinding sidekey-developer in team-a',
    fields: ['extra subjects[1]'],
  },
  {
    name: 'a network policy lets more out',
    edit: ({ cluster }) =>
      cluster.kubectl([
        'patch',
        'networkpolicy',
        'sidekey-egress',
        '-n',
        'team-a',
        '--type=json',
        '--patch=[{"op":"add","path":"/spec/egress/0","value":{"to":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}}]',
      ]),
    subject: 'different NetworkPolicy sidekey-egress in team-a',
    fields: ['extra spec.egress[0]'],
  },
  {
    name: 'a binding does not deny any more',
    edit: (stage) =>
      replace(
        stage,
        ['validatingadmissionpolicybinding', 'sidekey-gpu-resources'],
        '/spec/validationActions',
        ['Audit'],
      ),
    subject: 'different ValidatingAdmissionPolicyBinding sidekey-gpu-resources',
    fields: ['missing spec.validationActions[0]'],
  },
  {
    name: 'a policy looks away',
    edit: (stage) =>
      replace(stage, ['validatingadmissionpolicy', 'sidekey-gpu-resources'], '/spec/matchConditions', [
        { name: 'never', expression: 'false' },
      ]),
    subject: 'different ValidatingAdmissionPolicy sidekey-gpu-resources',
    fields: ['missing spec.matchConditions[0]', 'extra spec.matchConditions[0]'],
    // To apply it again would add to the list, for its items have names, and take nothing away.
    undo: ({ cluster }) =>
      cluster.kubectl([
        'patch',
        'validatingadmissionpolicy',
        'sidekey-gpu-resources',
        '--type=json',
        '--patch=[{"op":"remove","path":"/spec/matchConditions"}]',
      ]),
  },
  {
    name: 'a policy is taken away',
    edit: (stage) => stage.cluster.kubectl(['delete', 'validatingadmissionpolicy', 'sidekey-injected']),
    subject: 'missing ValidatingAdmissionPolicy sidekey-injected',
    fields: [],
  },
  {
    name: 'a policy is bound once more',
    edit: (stage) =>
      create(stage, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'by-hand' },
        spec: { policyName: 'sidekey-gpu-limits', validationActions: ['Audit'] },
      }),
    subject: 'extra ValidatingAdmissionPolicyBinding by-hand',
    fields: [],
    undo: (stage) => stage.cluster.kubectl(['delete', 'validatingadmissionpolicybinding', 'by-hand']),
  },
  {
    name: 'a namespace says that it is a tenant’s',
    edit: (stage) =>
      create(stage, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shadow', labels: { 'sidekey.dev/tenant': 'team-a' } },
      }),
    subject: 'extra Namespace shadow',
    fields: [],
    undo: (stage) => stage.cluster.kubectl(['delete', 'namespace', 'shadow']),
  },
  {
    name: 'a role takes accounts of another namespace, gives more policies, and for longer',
    edit: async (stage) => {
      const sub = ['system:serviceaccount:team-a:team-a', 'system:serviceaccount:team-b:team-b'];
      await role(stage, {
        ...(await roleNow(stage)),
        bound_claims: { sub, '/kubernetes.io/pod/uid': '*' },
        token_policies: ['sidekey-team-a', 'root'],
        token_ttl: 36_000,
        token_max_ttl: 360_000,
      });
    },
    subject: 'different role auth/jwt/role/team-a',
    fields: [
      'extra bound_claims.sub[1]',
      'changed token_max_ttl',
      'extra token_policies[1]',
      'changed token_ttl',
    ],
  },
  {
    name: 'a policy of the store is widened',
    edit: (stage) =>
      stage.store.api('POST', POLICY, { policy: 'path "secret/data/*" { capabilities = ["read"] }' }),
    subject: 'different policy sidekey-team-a',
    fields: [
      'missing rules[secret/data/team-a]',
      'missing rules[secret/data/team-a/*]',
      'extra rules[secret/data/*]',
    ],
  },
  {
    name: 'a policy of the store is gone',
    edit: (stage) => stage.store.api('DELETE', 'sys/policies/acl/sidekey-team-b'),
    subject: 'missing policy sidekey-team-b',
    fields: [],
  },
  {
    name: 'somebody else is given a tenant’s policy',
    edit: async (stage) => stage.store.api('POST', 'auth/jwt/role/by-hand', await roleNow(stage)),
    subject: 'extra role auth/jwt/role/by-hand',
    fields: [],
    undo: (stage) => stage.store.api('DELETE', 'auth/jwt/role/by-hand'),
  },
  {
    name: 'a tenant is gone, and its policy is not',
    edit: (stage) =>
      stage.store.api('POST', 'sys/policies/acl/sidekey-gone', {
        policy: '# What the pods of gone may read. Written by sidekey: what is changed here is lost.\n',
      }),
    subject: 'extra policy sidekey-gone',
    fields: [],
    undo: (stage) => stage.store.api('DELETE', 'sys/policies/acl/sidekey-gone'),
  },
];
