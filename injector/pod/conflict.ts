import { posix } from 'node:path';
import { isObject, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { ACCOUNT_DIRECTORY, ADMIN_PORT, OWN_DIRECTORY } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import type { Directory, Injection } from '../annotations/injection.ts';
import { quoted } from '../annotations/values.ts';
import { askedProblems } from './asked.ts';
import { copiedProblems } from './copied-mounts.ts';
import { contains, onDisk, overlap, placeOf } from './overlap.ts';
import { identityProblems } from './security.ts';
import { signalProblems } from './signalled.ts';
import { findOurContainer, hasOurContainerName, hasOurVolumeName, isOurContainer, PROGRAM } from './own.ts';

/** A container of theirs, and where it stands. */
interface Placed {
  readonly container: JsonObject;
  readonly path: string;
}

/** Everything in a pod that stands where the injector has to put something, or keeps the agent from what it is to do. */
export function conflicts(pod: JsonObject, injection: Injection): readonly Problem[] {
  const { directories, secretMounts, mode } = injection;
  const taken = [...TAKEN, ...secretMounts.map(({ path }) => path)];
  const spec = objectIn(pod, 'spec');
  const shared = injection.agent.sharesProcesses?.value === true;
  const theirs = placedContainers(spec);
  return [
    ...numberProblems(theirs, directories),
    ...directories.flatMap((directory) => directoryProblems(directory, taken)),
    ...overlapProblems(directories),
    ...theirs.flatMap(nameProblems),
    ...volumeProblems(pod, spec, directories),
    ...theirs.flatMap(mountProblems(directories)),
    ...theirs.flatMap((placed) => deviceProblems(placed, directories)),
    ...(mode === 'run' ? theirs.flatMap(portProblems) : []),
    ...(mode === 'run' ? signalProblems(shared ? sharing(pod) : pod, injection) : []),
    ...askedProblems(spec, injection),
    ...identityProblems(spec, injection),
    ...copiedProblems(spec, injection, [
      ...OWN,
      ...directories.map(({ agentPath }) => agentPath),
      ...secretMounts.map(({ path }) => path),
    ]),
  ];
}

function placedContainers(spec: JsonObject): readonly Placed[] {
  const place = (list: string): readonly Placed[] =>
    listIn(spec, list).map((container, index) => ({ container, path: `spec.${list}[${index}]` }));
  const inits = place('initContainers').filter(({ container }) => !isOurContainer(container));
  return [...place('containers'), ...inits];
}

/** Places of the system, of the agent's image and of its other volumes. */
const OWN = [...PROGRAM, OWN_DIRECTORY, ACCOUNT_DIRECTORY];
const TAKEN = ['/dev', '/proc', '/sys', ...OWN];

/** More than this fits into no pod that the API server stores, and the answer would take all of the injector's memory. */
const MOST_MOUNTS = 16_384;

function numberProblems(
  { length: containers }: readonly Placed[],
  { length: places }: readonly Directory[],
): readonly Problem[] {
  if (containers * places <= MOST_MOUNTS) return [];
  const message = `are ${containers}, and files are in ${places} directories, which is a mount for each of both; expected at most ${MOST_MOUNTS} mounts`;
  return [{ key: 'spec.containers', message }];
}

/** The pod as its annotations have it. */
const sharing = (pod: JsonObject): JsonObject => ({
  ...pod,
  spec: { ...objectIn(pod, 'spec'), shareProcessNamespace: true },
});

function directoryProblems({ path, key }: Directory, taken: readonly string[]): readonly Problem[] {
  const place = taken.find((other) => overlap(other, path));
  const message = `overlaps ${place}, which is taken in the agent's container; expected another directory`;
  return place === undefined ? [] : [{ key, message }];
}

/** What is mounted inside a read-only volume keeps the container from starting. */
function overlapProblems(directories: readonly Directory[]): readonly Problem[] {
  return directories.flatMap(({ path, key }, index) => {
    const others = directories.slice(0, index).filter((earlier) => earlier.key !== key);
    const other = others.find((earlier) => overlap(earlier.path, path));
    const message = `overlaps ${other?.path}, the directory of ${other?.key}; expected another directory`;
    return other === undefined ? [] : [{ key, message }];
  });
}

function nameProblems({ container, path }: Placed): readonly Problem[] {
  if (!hasOurContainerName(container)) return [];
  return [{ key: `${path}.name`, message: `${needed(container)}; expected another name` }];
}

function volumeProblems(
  pod: JsonObject,
  spec: JsonObject,
  directories: readonly Directory[],
): readonly Problem[] {
  if (findOurContainer(pod) !== undefined) return [];
  return listIn(spec, 'volumes').flatMap((volume, index) =>
    hasOurVolumeName(volume) && !isAnnounced(volume, directories)
      ? [{ key: `spec.volumes[${index}].name`, message: `${needed(volume)}; expected another name` }]
      : [],
  );
}

/**
 * True for a volume of the files that is empty as ours is: whoever names it in a template, as a `fileKeyRef` has to, is made to
 * say there that it will be.
 */
const isAnnounced = (volume: JsonObject, directories: readonly Directory[]): boolean =>
  directories.some(({ volume: name }) => name === volume['name']) &&
  Object.keys(volume).length === 2 &&
  isObject(volume['emptyDir']) &&
  Object.keys(volume['emptyDir']).length === 0;

function needed(named: JsonObject): string {
  return `is "${textIn(named, 'name')}", which the injector needs for itself`;
}

/** A directory of secrets, and where it is. */
interface Site {
  readonly directory: Directory;
  readonly place: string;
}

function mountProblems(directories: readonly Directory[]): (placed: Placed) => readonly Problem[] {
  const sites = directories.map((directory) => ({ directory, place: onDisk(directory.path) }));
  return ({ container, path }) =>
    listIn(container, 'volumeMounts').flatMap((mount, index) => {
      const message = hasOurVolumeName(mount) ? ownVolumeFault(mount, directories) : mountFault(mount, sites);
      return message === undefined ? [] : [{ key: `${path}.volumeMounts[${index}]`, message }];
    });
}

/** The only mounts of ours that others have are those an earlier pass gave them. */
function ownVolumeFault(mount: JsonObject, directories: readonly Directory[]): string | undefined {
  const isGiven = directories.some(
    ({ volume, path }) => mount['name'] === volume && mount['mountPath'] === path,
  );
  return isGiven
    ? undefined
    : `mounts "${textIn(mount, 'name')}", which is the injector's; expected no such mount`;
}

/** What is mounted inside a read-only volume, or has a read-only one mounted around it, keeps the container from starting. */
function mountFault(mount: JsonObject, sites: readonly Site[]): string | undefined {
  const mountPath = textIn(mount, 'mountPath');
  const where = onDisk(placeOf(mount));
  const isAround = (place: string): boolean => contains(where, place) && mount['readOnly'] === true;
  const directory = sites.find(({ place }) => contains(place, where) || isAround(place))?.directory;
  return (
    directory &&
    `is at ${quoted(mountPath)}, where the secrets directory ${directory.path} is; expected another mountPath, or another directory in ${directory.key}`
  );
}

/** The API server takes no device where a volume is mounted, and within one there is no room for it. */
function deviceProblems({ container, path }: Placed, directories: readonly Directory[]): readonly Problem[] {
  return listIn(container, 'volumeDevices').flatMap((device, index) => {
    const devicePath = textIn(device, 'devicePath');
    const directory = directories.find((one) => contains(one.path, posix.resolve('/', devicePath)));
    if (directory === undefined) return [];
    const message = `is ${quoted(devicePath)}, where the secrets directory ${directory.path} is; expected another devicePath, or another directory in ${directory.key}`;
    return [{ key: `${path}.volumeDevices[${index}].devicePath`, message }];
  });
}

function portProblems({ container, path }: Placed): readonly Problem[] {
  return listIn(container, 'ports').flatMap((port, index) =>
    port['containerPort'] === ADMIN_PORT
      ? [
          {
            key: `${path}.ports[${index}].containerPort`,
            message: `is ${ADMIN_PORT}, where the agent listens; expected another port`,
          },
        ]
      : [],
  );
}
