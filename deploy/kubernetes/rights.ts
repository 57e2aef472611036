import { WEBHOOK_CONFIGURATIONS } from '#contract/layout.ts';
import { type InjectorOptions, metadata, NAME, TLS_SECRET } from './deployment.ts';
import { bindingOf, leaseRules, rbacObject } from './rbac.ts';

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
      ...rbacObject('ClusterRole'),
      metadata: clusterWide,
      rules: clusterRules(makesOwn, environment['SIDEKEY_LIMIT_RANGES'] === 'true'),
    },
    {
      ...rbacObject('ClusterRoleBinding'),
      metadata: clusterWide,
      ...bindingOf('ClusterRole', NAME, namespace),
    },
  ];
  if (!makesOwn) return cluster;
  return [
    ...cluster,
    { ...rbacObject('Role'), metadata: own, rules: OWN_RULES },
    { ...rbacObject('RoleBinding'), metadata: own, ...bindingOf('Role', NAME, namespace) },
  ];
}

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

/** What is applied has a name even before it is there. */
const OWN_RULES = [
  {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [TLS_SECRET],
    verbs: ['list', 'watch', 'create', 'patch'],
  },
  ...leaseRules(NAME),
];
