import {
  annotationsIn,
  isArray,
  type Json,
  type JsonObject,
  listIn,
  objectIn,
  textIn,
} from '#contract/json.ts';
import {
  containersOf,
  contextsOf,
  hasOwnUsers,
  type Part,
  partIn,
  type Rule,
  type Violation,
  violations,
} from './parts.ts';

const PROFILES: readonly (Json | undefined)[] = ['RuntimeDefault', 'Localhost'];

const CAPABILITIES: readonly Json[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const SELINUX_TYPES: readonly string[] = [
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];

const SYSCTLS: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const specOf = (pod: JsonObject): Part => ({ object: objectIn(pod, 'spec'), path: ['spec'] });

const mustNotBeTrue = (value: Json | undefined): string | undefined =>
  value === true ? 'must not be true' : undefined;

const hostNamespaces: Rule = (pod) =>
  ['hostNetwork', 'hostPID', 'hostIPC'].flatMap((field) => violations([specOf(pod)], field, mustNotBeTrue));

const volumesOf = (pod: JsonObject): readonly Part[] =>
  listIn(objectIn(pod, 'spec'), 'volumes').map((object, index) => ({
    object,
    path: ['spec', 'volumes', String(index)],
  }));

const hostPaths: Rule = (pod) =>
  violations(volumesOf(pod), 'hostPath', (value) =>
    value === undefined ? undefined : 'must not be: a volume must not be a directory of the node',
  );

/** On the node's network every port of a container is one of the node's: the API server writes it down. */
const hostPorts: Rule = (pod) => {
  const isHosts = objectIn(pod, 'spec')['hostNetwork'] === true;
  return containersOf(pod).flatMap((container) =>
    listIn(container.object, 'ports').flatMap((port, index) => {
      const wanted = (port['hostPort'] ?? 0) !== 0 || isHosts;
      const path = [...container.path, 'ports', String(index), 'hostPort'];
      return wanted ? [{ path, message: 'must not be: no container may take a port of the node' }] : [];
    }),
  );
};

const PROBES = [['livenessProbe'], ['readinessProbe'], ['startupProbe']];
const HANDLERS = [...PROBES, ['lifecycle', 'postStart'], ['lifecycle', 'preStop']];

const probeHosts: Rule = (pod) => {
  const handlers = containersOf(pod).flatMap((container) =>
    HANDLERS.flatMap((fields) => within(container, fields)),
  );
  const targets = handlers.flatMap((one) =>
    ['httpGet', 'tcpSocket'].flatMap((field) => within(one, [field])),
  );
  return violations(targets, 'host', (value) =>
    (value ?? '') === '' ? undefined : 'must not be set: only the pod itself may be probed',
  );
};

function within(part: Part, fields: readonly string[]): readonly Part[] {
  let found: Part | undefined = part;
  for (const field of fields) found = found && partIn(found, field);
  return found === undefined ? [] : [found];
}

const privileged: Rule = (pod) => violations(containerContexts(pod), 'privileged', mustNotBeTrue);

const containerContexts = (pod: JsonObject): readonly Part[] =>
  containersOf(pod).flatMap((container) => partIn(container, 'securityContext') ?? []);

/** Which capabilities of a list may not be asked for. */
export const unwantedCapabilities = (part: Part, allowed: readonly Json[]): readonly Violation[] => {
  const { object, path } = part;
  const added = objectIn(object, 'capabilities')['add'];
  const unwanted = isArray(added) ? added.filter((name) => !allowed.includes(name)) : [];
  const message = `must not ask for ${unwanted.map(String).join(', ')}`;
  return unwanted.length === 0 ? [] : [{ path: [...path, 'capabilities', 'add'], message }];
};

const capabilities: Rule = (pod) =>
  containerContexts(pod).flatMap((part) => unwantedCapabilities(part, CAPABILITIES));

/** A profile that is given must be one of those that confine. */
const profile =
  (field: string): Rule =>
  (pod) =>
    violations(
      contextsOf(pod).flatMap((context) => within(context, [field])),
      'type',
      (type) => (PROFILES.includes(type) ? undefined : 'must be RuntimeDefault or Localhost'),
    );

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorAnnotations: Rule = (pod) =>
  Object.entries(annotationsIn(pod)).flatMap(([key, value]) => {
    const isFine = value === '' || value === 'runtime/default' || value.startsWith('localhost/');
    if (!key.startsWith(APP_ARMOR_PREFIX) || isFine) return [];
    return [{ path: ['metadata', 'annotations', key], message: 'must be runtime/default or localhost/…' }];
  });

const mustBeEmpty = (value: Json | undefined): string | undefined =>
  (value ?? '') === '' ? undefined : 'must not be set';

const seLinux: Rule = (pod) => {
  const options = contextsOf(pod).flatMap((context) => within(context, ['seLinuxOptions']));
  return [
    ...options.flatMap(({ object, path }) =>
      SELINUX_TYPES.includes(textIn(object, 'type'))
        ? []
        : [{ path: [...path, 'type'], message: `must be one of ${SELINUX_TYPES.slice(1).join(', ')}` }],
    ),
    ...violations(options, 'user', mustBeEmpty),
    ...violations(options, 'role', mustBeEmpty),
  ];
};

/** Taken in a pod with users of its own by the baseline standard alone. */
export const procMount: Rule = (pod) =>
  violations(containerContexts(pod), 'procMount', (value) =>
    value === undefined || value === 'Default' ? undefined : 'must be Default',
  );

const baselineProcMount: Rule = (pod) => (hasOwnUsers(pod) ? [] : procMount(pod));

const sysctls: Rule = (pod) =>
  listIn(objectIn(objectIn(pod, 'spec'), 'securityContext'), 'sysctls').flatMap((one, index) => {
    const path = ['spec', 'securityContext', 'sysctls', String(index), 'name'];
    const message = `${textIn(one, 'name')} must not be set: it is not the pod's alone`;
    return SYSCTLS.includes(textIn(one, 'name')) ? [] : [{ path, message }];
  });

const hostProcess: Rule = (pod) =>
  violations(
    contextsOf(pod).flatMap((context) => within(context, ['windowsOptions'])),
    'hostProcess',
    mustNotBeTrue,
  );

/** The baseline standard of Kubernetes 1.36. */
export const BASELINE: readonly Rule[] = [
  hostNamespaces,
  hostPaths,
  hostPorts,
  probeHosts,
  privileged,
  capabilities,
  profile('seccompProfile'),
  profile('appArmorProfile'),
  appArmorAnnotations,
  seLinux,
  baselineProcMount,
  sysctls,
  hostProcess,
];
