import { annotationsIn, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import {
  ADMIN_PORT,
  CONFIG_VARIABLE,
  CONTAINER,
  LOG_FORMAT_VARIABLE,
  LOG_LEVEL_VARIABLE,
  STATE_DIRECTORY,
  TERMINATION_LOG,
  TOKEN_DIRECTORY,
  VOLUME,
} from '#contract/layout.ts';
import type { Injection } from '../annotations/injection.ts';
import { accountMounts } from './account.ts';
import type { ContainerBounds } from './bounds.ts';
import { copiedMounts } from './copied-mounts.ts';
import { mountsDevices } from './devices.ts';
import { overlap, placeOf } from './overlap.ts';
import { hasOurVolumeName, PROGRAM } from './own.ts';
import { agentProbes } from './probes.ts';
import { agentResources } from './resources.ts';
import { agentSecurityContext } from './security.ts';
import { podMount } from './suspension.ts';

/** What the injected container is made from. */
export interface Agent {
  readonly injection: Injection;
  /** The configuration in its encoded form. */
  readonly config: string;
  readonly image: string;
  /** True if the cluster says as whom a container runs that does not say so itself. */
  readonly assignsUsers?: boolean;
  /** What the namespace demands of each container, where that is known. */
  readonly bounds?: ContainerBounds;
}

/** At most 15 characters, as the API server demands; for monitors that find ports by name. */
const PORT_NAME = 'sidekey-metrics';

/** Variables of the Vault Agent Injector's containers, which templates may read. */
const DOWNWARD = [
  ['NAMESPACE', 'metadata.namespace'],
  ['HOST_IP', 'status.hostIP'],
  ['POD_IP', 'status.podIP'],
] as const;

/**
 * The container for a pod without one. What the API server would fill in is spelled out, so that a second pass over
 * the pod changes nothing.
 */
export function agentContainer(pod: JsonObject, agent: Agent): JsonObject {
  const { injection, config, image, bounds, assignsUsers = false } = agent;
  const { mode, directories } = injection;
  const spec = objectIn(pod, 'spec');
  return {
    name: CONTAINER[mode],
    image,
    args: [mode],
    env: [
      { name: CONFIG_VARIABLE, value: config },
      { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' },
      ...logging(injection),
      ...downward(injection),
    ],
    ...(mode === 'run' ? { restartPolicy: 'Always', ports: [port(spec)], ...agentProbes(injection) } : {}),
    resources: agentResources(spec, {
      files: sizeOf(directories),
      ...(bounds && { bounds }),
      hasDefaultDisk: hasDefaultDisk(pod),
    }),
    securityContext: agentSecurityContext(spec, injection, assignsUsers),
    terminationMessagePath: TERMINATION_LOG,
    terminationMessagePolicy: 'File',
    volumeMounts: [
      ...directories.map(({ volume, agentPath }) => ({ name: volume, mountPath: agentPath })),
      { name: VOLUME.state, mountPath: STATE_DIRECTORY },
      ...agentSecrets(injection),
      ...podMount(injection),
      ...podMounts(spec, injection),
    ],
  };
}

/** Of the pod's own mounts, each place once. */
function podMounts(spec: JsonObject, injection: Injection): readonly JsonObject[] {
  const accounts = accountMounts(spec, injection);
  const taken = new Set(accounts.map((mount) => mount['mountPath']));
  const copied = copiedMounts(spec, injection).filter((mount) => !taken.has(mount['mountPath']));
  return [...accounts, ...copied];
}

/** The API server notes on a pod what it has from a LimitRange. What it gave to others it gives to the agent, too. */
function hasDefaultDisk(pod: JsonObject): boolean {
  return annotationsIn(pod)['kubernetes.io/limit-ranger']?.includes(DISK) ?? false;
}

/** What the agent logs in with, or was asked to be given. */
function agentSecrets({ credentials, secretMounts }: Injection): readonly JsonObject[] {
  const token = { name: VOLUME.token, mountPath: TOKEN_DIRECTORY, readOnly: true };
  return [
    ...(credentials.length > 0 ? [token] : []),
    ...secretMounts.map(({ volume, path }) => ({ name: volume, mountPath: path, readOnly: true })),
  ];
}

/** MiB for all files. */
export const sizeOf = (directories: Injection['directories']): number =>
  directories.reduce((sum, { size }) => sum + size, 0);

/** How much it logs, and how. */
function logging({ agent: { logLevel, logFormat } }: Injection): readonly JsonObject[] {
  return [
    ...(logLevel === undefined ? [] : [{ name: LOG_LEVEL_VARIABLE, value: logLevel }]),
    ...(logFormat === undefined ? [] : [{ name: LOG_FORMAT_VARIABLE, value: logFormat }]),
  ];
}

/** Of a template in a file nobody knows what it reads. */
function downward({ files }: Injection): readonly JsonObject[] {
  const templates = files.flatMap((file) => ('template' in file ? [file.template.text] : []));
  const isUnknown = files.some((file) => 'templateFile' in file);
  return DOWNWARD.filter(([name]) => isUnknown || templates.some((text) => text.includes(name))).map(
    ([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }),
  );
}

/** On the node's network the port is the node's, and the scheduler must know that it is taken. */
function port(spec: JsonObject): JsonObject {
  const hostPort = spec['hostNetwork'] === true ? { hostPort: ADMIN_PORT } : {};
  return { name: PORT_NAME, containerPort: ADMIN_PORT, ...hostPort, protocol: 'TCP' };
}

/**
 * A container made anew over one of an earlier pass. Everything is as for a pod without one, except for what others add to
 * any container: variables, mounts, a pull policy, another registry or digest for the same image, and a LimitRange's
 * default for the disk, without which its maximum would refuse the pod.
 */
export function renewContainer(previous: JsonObject, fresh: JsonObject): JsonObject {
  const [was, image] = [textIn(previous, 'image'), textIn(fresh, 'image')];
  const pullPolicy = previous['imagePullPolicy'];
  return {
    ...fresh,
    image: imageName(was) === imageName(image) ? was : image,
    ...(pullPolicy === undefined ? {} : { imagePullPolicy: pullPolicy }),
    securityContext: withUser(objectIn(fresh, 'securityContext'), objectIn(previous, 'securityContext')),
    env: withOthers(fresh, previous, 'env', 'name'),
    resources: withDisk(objectIn(fresh, 'resources'), objectIn(previous, 'resources')),
    volumeMounts: withOthers(fresh, withoutObstacles(previous, fresh), 'volumeMounts', 'mountPath'),
  };
}

/** Nothing that was mounted over what is ours, in whatever spelling, or that stands for devices. */
function withoutObstacles(previous: JsonObject, fresh: JsonObject): JsonObject {
  const places = [...PROGRAM, ...listIn(fresh, 'volumeMounts').filter(hasOurVolumeName).map(placeOf)];
  const isInTheWay = (mount: JsonObject): boolean => places.some((place) => overlap(place, placeOf(mount)));
  const volumeMounts = listIn(previous, 'volumeMounts').filter(
    (mount) => !isInTheWay(mount) && !mountsDevices(mount),
  );
  return { ...previous, volumeMounts };
}

/** Our entries of a list, then those of others. */
function withOthers(
  fresh: JsonObject,
  previous: JsonObject,
  list: string,
  id: string,
): readonly JsonObject[] {
  const ours = listIn(fresh, list);
  const taken = new Set(ours.map((entry) => entry[id]));
  return [...ours, ...listIn(previous, list).filter((entry) => !taken.has(entry[id] ?? ''))];
}

/** As whom the cluster lets it run, where that is left to the cluster. */
function withUser(fresh: JsonObject, previous: JsonObject): JsonObject {
  const given = ['runAsUser', 'runAsGroup'].flatMap((field): readonly (readonly [string, number])[] => {
    const id = previous[field];
    return field in fresh || typeof id !== 'number' || id <= 0 ? [] : [[field, id]];
  });
  return { ...fresh, ...Object.fromEntries(given) };
}

/** Our CPU and memory, or none, beside the disk that a LimitRange gave. */
function withDisk(fresh: JsonObject, previous: JsonObject): JsonObject {
  const lists = ['limits', 'requests'].map((list): [string, JsonObject] => {
    const disk = objectIn(previous, list)[DISK];
    return [list, { ...objectIn(fresh, list), ...(disk === undefined ? {} : { [DISK]: disk }) }];
  });
  return Object.fromEntries(lists.filter(([, quantities]) => Object.keys(quantities).length > 0));
}

const DISK = 'ephemeral-storage';

/** Without registry, folders, tag and digest. */
function imageName(image: string): string | undefined {
  return image
    .split('/')
    .at(-1)
    ?.replace(/[:@].*$/u, '');
}
