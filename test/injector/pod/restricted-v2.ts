import { type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';

/** Of a namespace of OpenShift, as its annotations have it: the first user and group, and how many there are. */
export const RANGE = { first: 1_000_650_000, count: 10_000 } as const;
export const RANGE_ANNOTATIONS = {
  'openshift.io/sa.scc.uid-range': `${RANGE.first}/${RANGE.count}`,
  'openshift.io/sa.scc.supplemental-groups': `${RANGE.first}/${RANGE.count}`,
  'openshift.io/sa.scc.mcs': 's0:c26,c5',
};
const SELINUX = { level: 's0:c26,c5' };

const VOLUMES = [
  'name',
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'];
const KINDS = ['initContainers', 'containers'] as const;

/** What the SCC `restricted-v2` fills in before webhooks see a pod, and again after them: whatever is not said. */
export function admitted(pod: JsonObject): JsonObject {
  const spec = objectIn(pod, 'spec');
  const own = objectIn(spec, 'securityContext');
  const securityContext = {
    ...own,
    fsGroup: own['fsGroup'] ?? RANGE.first,
    seLinuxOptions: own['seLinuxOptions'] ?? SELINUX,
    seccompProfile: own['seccompProfile'] ?? { type: 'RuntimeDefault' },
  };
  const containers = KINDS.filter((kind) => spec[kind] !== undefined).map((kind) => [
    kind,
    listIn(spec, kind).map((one) => ({ ...one, securityContext: contextOf(one, own) })),
  ]);
  const changed: JsonObject = Object.fromEntries(containers) as JsonObject;
  return { ...pod, spec: { ...spec, ...changed, securityContext } };
}

function contextOf(container: JsonObject, pod: JsonObject): JsonObject {
  const own = objectIn(container, 'securityContext');
  const capabilities = objectIn(own, 'capabilities');
  const isNamed = own['runAsUser'] !== undefined || pod['runAsUser'] !== undefined;
  return {
    ...own,
    ...(isNamed ? {} : { runAsUser: RANGE.first }),
    allowPrivilegeEscalation: own['allowPrivilegeEscalation'] ?? false,
    capabilities: { ...capabilities, drop: capabilities['drop'] ?? ['ALL'] },
  };
}

const isInRange = (id: Json | undefined): boolean =>
  id === undefined || (Number(id) >= RANGE.first && Number(id) < RANGE.first + RANGE.count);

/** Why the SCC refuses a pod in which it has filled in what it does. */
export function violations(pod: JsonObject): readonly string[] {
  const spec = objectIn(pod, 'spec');
  const context = objectIn(spec, 'securityContext');
  return [
    ...HOST_FIELDS.filter((field) => spec[field] === true),
    ...listIn(spec, 'volumes').flatMap((volume) =>
      Object.keys(volume).filter((field) => !VOLUMES.includes(field)),
    ),
    ...(isInRange(context['fsGroup']) ? [] : ['fsGroup']),
    ...contextViolations(context),
    ...KINDS.flatMap((kind) => listIn(spec, kind)).flatMap((container) =>
      containerViolations(objectIn(container, 'securityContext')).map(
        (what) => `${textIn(container, 'name')}: ${what}`,
      ),
    ),
  ];
}

/** What a pod may say as well as a container. */
function contextViolations(context: JsonObject): readonly string[] {
  const seccomp = textIn(objectIn(context, 'seccompProfile'), 'type');
  const level = textIn(objectIn(context, 'seLinuxOptions'), 'level');
  return [
    ...(isInRange(context['runAsUser']) ? [] : ['runAsUser']),
    ...(seccomp === '' || seccomp === 'RuntimeDefault' ? [] : ['seccompProfile']),
    ...(level === '' || level === SELINUX.level ? [] : ['seLinuxOptions']),
  ];
}

function containerViolations(context: JsonObject): readonly string[] {
  const { add = [], drop = [] } = objectIn(context, 'capabilities');
  const added = Array.isArray(add) ? add : [];
  const dropped = Array.isArray(drop) ? drop : [];
  return [
    ...contextViolations(context),
    ...(context['privileged'] === true ? ['privileged'] : []),
    ...(context['allowPrivilegeEscalation'] === false ? [] : ['allowPrivilegeEscalation']),
    ...(added.every((one) => one === 'NET_BIND_SERVICE') ? [] : ['capabilities.add']),
    ...(dropped.includes('ALL') ? [] : ['capabilities.drop']),
  ];
}
