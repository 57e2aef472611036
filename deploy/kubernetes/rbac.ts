const RBAC = 'rbac.authorization.k8s.io';
const LEASES = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };

/** A role or a binding of roles, to be completed. */
export const rbacObject = (kind: string): object => ({ apiVersion: `${RBAC}/v1`, kind });

/** What leads among several needs: what is yet to be created has no name by which RBAC could tell it. */
export const leaseRules = (name: string): readonly object[] => [
  { ...LEASES, verbs: ['create'] },
  { ...LEASES, resourceNames: [name], verbs: ['get', 'update'] },
];

/** Gives a role to the account of the same name. */
export const bindingOf = (kind: 'ClusterRole' | 'Role', name: string, namespace: string): object => ({
  roleRef: { apiGroup: RBAC, kind, name },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
});
