import { bindingOf, leaseRules, rbacObject } from '../rbac.ts';
import { clusterWide, inNamespace, NAME } from './settings.ts';

/**
 * What the sync's account may do. RBAC knows no annotations, so it may read every Secret and change every Secret; what it may
 * write is bounded by `guardPolicy`. It may neither make nor delete one: a Secret is its user's.
 */
export function syncRights(namespace: string): readonly object[] {
  return [
    { ...rbacObject('ClusterRole'), metadata: clusterWide(), rules: CLUSTER_RULES },
    {
      ...rbacObject('ClusterRoleBinding'),
      metadata: clusterWide(),
      ...bindingOf('ClusterRole', NAME, namespace),
    },
    { ...rbacObject('Role'), metadata: inNamespace(namespace), rules: leaseRules(NAME) },
    { ...rbacObject('RoleBinding'), metadata: inNamespace(namespace), ...bindingOf('Role', NAME, namespace) },
  ];
}

const CLUSTER_RULES = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];
