import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { misshapenParts } from './container-form.ts';
import { mountsDevices, showsDevices } from './devices.ts';
import { hasOurVolumeName, PROGRAM } from './own.ts';
import { overlap, placeOf } from './overlap.ts';
import { hasPodResources, qosClass } from './qos.ts';

/** A patched container, and what it was made from. */
export interface Patched {
  readonly fresh: JsonObject;
  readonly container: JsonObject;
  /** The pod's, without an agent. */
  readonly spec: JsonObject;
}

/** What of the agent a patch has broken, each to complete "would …". */
export function brokenInvariants(patched: Patched): readonly string[] {
  return [
    ...ownFields(patched),
    ...misshapenParts(patched.container).map((part) => `make ${part}`),
    ...variables(patched),
    ...visibleDevices(patched),
    ...mounts(patched),
    ...resources(patched),
    ...classOfService(patched),
    ...security(patched),
    ...ports(patched),
    ...hosts(patched),
  ];
}

/** What makes it the agent of this pod, and keeps the application waiting for its files. */
const FIXED: readonly (readonly [field: string, instead: string])[] = [
  ['name', ''],
  ['image', '; use agent-image'],
  ['command', ''],
  ['args', ''],
  ['restartPolicy', ''],
  ['startupProbe', '; use agent-pre-populate'],
  ['terminationMessagePath', ''],
];

function ownFields({ fresh, container }: Patched): readonly string[] {
  const changed = FIXED.filter(([field]) => !isDeepStrictEqual(fresh[field], container[field]));
  return changed.map(([field, instead]) => `change its ${field}${instead}`);
}

function variables({ fresh, container }: Patched): readonly string[] {
  const all = listIn(container, 'env');
  const broken = listIn(fresh, 'env').filter((own) => {
    const found = all.filter((one) => one['name'] === own['name']);
    return found.length !== 1 || !isDeepStrictEqual(found[0], own);
  });
  return broken.map((own) => `change its variable ${textIn(own, 'name')}`);
}

/** Whoever names the devices gets them, whatever its resources are. */
function visibleDevices({ fresh, container }: Patched): readonly string[] {
  const own = listIn(fresh, 'env').map(({ name }) => name);
  const named = listIn(container, 'env').filter((one) => showsDevices(one) && !own.includes(one['name']));
  const ways = [
    ...named.map((one) => textIn(one, 'name')),
    ...listIn(container, 'volumeMounts')
      .filter(mountsDevices)
      .map((one) => textIn(one, 'mountPath')),
  ];
  return ways.map((way) => `show it devices by ${way}, which belong to the application`);
}

function mounts({ fresh, container }: Patched): readonly string[] {
  const own = listIn(fresh, 'volumeMounts');
  const places = [...PROGRAM, ...own.map(placeOf)];
  const all = listIn(container, 'volumeMounts');
  const lost = own.filter((mount) => !all.some((one) => isDeepStrictEqual(one, mount)));
  const added = all.filter((mount) => !own.some((one) => isDeepStrictEqual(one, mount)));
  const misplaced = added.filter((mount) => places.some((place) => overlap(place, placeOf(mount))));
  return [
    ...lost.map((mount) => `take away its mount ${textIn(mount, 'mountPath')}`),
    ...misplaced.map((mount) => `mount something over its own at ${textIn(mount, 'mountPath')}`),
    ...added
      .filter(hasOurVolumeName)
      .map((mount) => `mount the injector's volume ${textIn(mount, 'name')} again`),
  ];
}

const COMPUTE = new Set(['cpu', 'memory', 'ephemeral-storage']);

function resources({ container }: Patched): readonly string[] {
  const found = objectIn(container, 'resources');
  const names = ['limits', 'requests'].flatMap((list) => Object.keys(objectIn(found, list)));
  const devices = [...new Set(names)].filter((name) => !COMPUTE.has(name));
  const claims = found['claims'];
  return [
    ...devices.map((name) => `give it ${name}, which belongs to the application`),
    ...(isArray(claims) && claims.length > 0
      ? ['give it a resource claim, which belongs to the application']
      : []),
  ];
}

/** Pod-level resources decide alone. */
function classOfService({ container, spec }: Patched): readonly string[] {
  if (hasPodResources(spec)) return [];
  const inits = [...listIn(spec, 'initContainers'), container];
  const [before, after] = [qosClass(spec), qosClass({ ...spec, initContainers: inits })];
  return before === after ? [] : [`make a pod ${after} that is ${before}`];
}

type Rule = readonly [holds: (context: JsonObject) => boolean, broken: string];

const oneOf =
  (field: string, ...values: readonly (Json | undefined)[]) =>
  (context: JsonObject): boolean =>
    values.includes(context[field]);

const textsIn = (owner: JsonObject, field: string): readonly Json[] => {
  const value = owner[field];
  return isArray(value) ? value : [];
};

const isConfined = (type: Json | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost';

const typeIn = (context: JsonObject, field: string): Json | undefined => objectIn(context, field)['type'];

/** Pod Security `restricted`, and a root that nobody writes to. */
const RULES: readonly Rule[] = [
  [oneOf('allowPrivilegeEscalation', false), 'allow it to gain privileges'],
  [oneOf('privileged', undefined, null, false), 'make it privileged'],
  [oneOf('readOnlyRootFilesystem', true), 'make its root writable'],
  [oneOf('runAsNonRoot', true), 'let it be root'],
  [({ runAsUser }) => runAsUser !== 0, 'make it root'],
  [(context) => textsIn(objectIn(context, 'capabilities'), 'drop').includes('ALL'), 'leave it capabilities'],
  [
    (context) => textsIn(objectIn(context, 'capabilities'), 'add').every((one) => one === 'NET_BIND_SERVICE'),
    'give it capabilities',
  ],
  [(context) => isConfined(typeIn(context, 'seccompProfile')), 'lift its seccomp profile'],
  [
    (context) =>
      [undefined, 'RuntimeDefault', 'Localhost'].includes(typeIn(context, 'appArmorProfile') as undefined),
    'lift its AppArmor profile',
  ],
  [oneOf('procMount', undefined, null, 'Default'), 'unmask /proc'],
  [(context) => isPlainSeLinux(objectIn(context, 'seLinuxOptions')), 'change its SELinux type, user or role'],
  [
    ({ windowsOptions }) => !isObject(windowsOptions) || windowsOptions['hostProcess'] !== true,
    'make it a process of the host',
  ],
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const isPlainSeLinux = (options: JsonObject): boolean =>
  SELINUX_TYPES.includes(textIn(options, 'type')) &&
  textIn(options, 'user') === '' &&
  textIn(options, 'role') === '';

function security({ container }: Patched): readonly string[] {
  const context = objectIn(container, 'securityContext');
  const broken = RULES.filter(([holds]) => !holds(context)).map(([, what]) => what);
  return broken.map((what) => `${what} (Pod Security "restricted")`);
}

function ports({ fresh, container }: Patched): readonly string[] {
  const own = listIn(fresh, 'ports');
  const all = listIn(container, 'ports');
  const isOwn = (port: JsonObject): boolean => own.some((one) => isDeepStrictEqual(one, port));
  const taken = all.filter(
    (port) => !isOwn(port) && ![undefined, null, 0].includes(port['hostPort'] as null),
  );
  return [
    ...(own.every((port) => all.some((one) => isDeepStrictEqual(one, port))) ? [] : ['take away its port']),
    ...taken.map((port) => `take a port of the node for ${textIn(port, 'name') || 'itself'}`),
  ];
}

/** Whatever the kubelet calls for the container has to be in the pod. */
function hosts({ container }: Patched): readonly string[] {
  const lifecycle = objectIn(container, 'lifecycle');
  const handlers = [
    ...['livenessProbe', 'readinessProbe'].map((field) => objectIn(container, field)),
    ...['postStart', 'preStop'].map((field) => objectIn(lifecycle, field)),
  ];
  const calls = handlers.flatMap((handler) => ['httpGet', 'tcpSocket'].map((way) => objectIn(handler, way)));
  return calls.some((call) => textIn(call, 'host') !== '')
    ? ['have the node call another host for it (Pod Security "restricted")']
    : [];
}
