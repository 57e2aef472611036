import type { JsonObject } from '#contract/json.ts';
import type { Member, Tenant } from '../tenant.ts';
import { metadata } from './object.ts';

const RBAC = 'rbac.authorization.k8s.io';

const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete'];

type Resources = readonly (readonly [group: string, ...resources: string[]])[];

/** What developers make. */
const WORKLOADS: Resources = [
  ['', 'configmaps', 'persistentvolumeclaims', 'pods', 'services'],
  ['apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  ['autoscaling', 'horizontalpodautoscalers'],
  ['batch', 'cronjobs', 'jobs'],
  ['networking.k8s.io', 'ingresses'],
  ['policy', 'poddisruptionbudgets'],
];

const SCALES: Resources = [['apps', 'deployments/scale', 'replicasets/scale', 'statefulsets/scale']];

/** What bounds them, and what came of it. */
const SURROUNDINGS: Resources = [
  ['', 'events', 'limitranges', 'resourcequotas', 'serviceaccounts'],
  ['events.k8s.io', 'events'],
  ['networking.k8s.io', 'networkpolicies'],
  ['openreports.io', 'reports'],
  ['wgpolicyk8s.io', 'policyreports'],
];

const ACCESS: Resources = [[RBAC, 'rolebindings', 'roles']];

const LOGS: Resources = [['', 'pods/log']];

/** A device is asked for by a claim, whose class the policies judge. */
const CLAIMS: Resources = [['resource.k8s.io', 'resourceclaims', 'resourceclaimtemplates']];

/**
 * What members may do. Nobody is given secrets, tokens of service accounts, a shell in a pod (exec, attach, ephemeral
 * containers, port forwarding), roles, network policies, or the quota and limits to write; claims for devices only where
 * the tenant is allowed some.
 */
export function accessObjects(tenant: Tenant, namespace: string): readonly JsonObject[] {
  const claims = tenant.accelerators.deviceClasses.length > 0 ? CLAIMS : [];
  const developer = [
    ...rules(WORKLOADS, WRITE),
    ...rules(claims, WRITE),
    ...rules(SCALES, ['get', 'update', 'patch']),
    ...rules([...LOGS, ...SURROUNDINGS], READ),
  ];
  // What a pod writes into its log may be anything.
  const viewer = rules([...WORKLOADS, ...claims, ...SURROUNDINGS, ...ACCESS], READ);
  return [
    ...roleObjects({
      tenant,
      namespace,
      name: 'sidekey-developer',
      rules: developer,
      members: tenant.developers,
    }),
    ...roleObjects({ tenant, namespace, name: 'sidekey-viewer', rules: viewer, members: tenant.viewers }),
  ];
}

const rules = (all: Resources, verbs: readonly string[]): readonly JsonObject[] =>
  all.map(([group, ...resources]) => ({ apiGroups: [group], resources, verbs }));

interface Access {
  readonly tenant: Tenant;
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly JsonObject[];
  readonly members: readonly Member[];
}

/** A role and who has it. It is there without members too, so that taking the last one away leaves no binding behind. */
function roleObjects({ tenant, namespace, name, rules: granted, members }: Access): readonly JsonObject[] {
  const spot = metadata(name, { tenant: tenant.name, namespace });
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: spot, rules: granted },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: spot,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      // An empty list is not stored, and would look changed to whoever applies it again.
      ...(members.length === 0 ? {} : { subjects: members.map(subject) }),
    },
  ];
}

const subject = ({ kind, name, namespace }: Member): JsonObject =>
  kind === 'ServiceAccount' ? { kind, name, namespace } : { apiGroup: RBAC, kind, name };
