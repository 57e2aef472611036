import { clusterWide, inNamespace, NAME } from './settings.ts';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * What the sync's account may do. RBAC knows no annotations, so it may read every Secret and change every Secret; what it may
 * write is bounded by `guardPolicy`. It may neither make nor delete one: a Secret is its user's.
 */
export function syncRights(namespace: string): readonly object[] {
  return [
    { ...object('ClusterRole'), metadata: clusterWide(), rules: CLUSTER_RULES },
    { ...object('ClusterRoleBinding'), metadata: clusterWide(), ...binding('ClusterRole', namespace) },
    { ...object('Role'), metadata: inNamespace(namespace), rules: LEASE_RULES },
    { ...object('RoleBinding'), metadata: inNamespace(namespace), ...binding('Role', namespace) },
  ];
}

const object = (kind: string): object => ({ apiVersion: `${RBAC}/v1`, kind });

const CLUSTER_RULES = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** What is yet to be created has no name by which RBAC could tell it. */
const LEASE_RULES = [
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
