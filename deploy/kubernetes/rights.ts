import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { type InjectorOptions, metadata, NAME, TLS_SECRET } from './deployment.ts';

const RBAC = 'rbac.authorization.k8s.io';
const HOOKS = 'admissionregistration.k8s.io';

/**
 * What the injector's account may do: look at namespaces and at its own two configurations, and write Events. Where it makes
 * its own certificates also write them into its one Secret, and their authorities into those two configurations.
 */
export function injectorRights({
  namespace,
  certificateSecret,
  environment,
}: InjectorOptions): readonly object[] {
  const makesOwn = certificateSecret === undefined;
  const clusterWide = { name: NAME, labels: { 'app.kubernetes.io/name': 'sidekey' } };
  const own = metadata(namespace);
  const cluster = [
    {
      ...role('ClusterRole'),
      metadata: clusterWide,
      rules: clusterRules(makesOwn, environment['SIDEKEY_LIMIT_RANGES'] === 'true'),
    },
    { ...role('ClusterRoleBinding'), metadata: clusterWide, ...binding('ClusterRole', namespace) },
  ];
  if (!makesOwn) return cluster;
  return [
    ...cluster,
    { ...role('Role'), metadata: own, rules: OWN_RULES },
    { ...role('RoleBinding'), metadata: own, ...binding('Role', namespace) },
  ];
}

const role = (kind: string): object => ({ apiVersion: `${RBAC}/v1`, kind });

const clusterRules = (makesOwn: boolean, looksAtLimits: boolean): readonly object[] => [
  {
    apiGroups: [''],
    resources: ['namespaces', ...(looksAtLimits ? ['limitranges'] : [])],
    verbs: ['list', 'watch'],
  },
  {
    apiGroups: [HOOKS],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: WEBHOOK_CONFIGURATIONS,
    verbs: ['list', 'watch', ...(makesOwn ? ['patch'] : [])],
  },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** What is applied has a name even before it is there; a Lease is created, and then RBAC has none to tell it by. */
const OWN_RULES = [
  {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [TLS_SECRET],
    verbs: ['list', 'watch', 'create', 'patch'],
  },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: [NAME],
    verbs: ['get', 'update'],
  },
];

const binding = (kind: 'ClusterRole' | 'Role', namespace: string): object => ({
  roleRef: { apiGroup: RBAC, kind, name: NAME },
  subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
});
