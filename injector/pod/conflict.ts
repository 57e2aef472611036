import { posix } from 'node:path';
import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { ADMIN_PORT, STATE_DIRECTORY, TOKEN_DIRECTORY, VOLUME } from '#contract/layout.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { DROP_IN_PREFIX } from '../annotations/names.ts';
import { quoted } from '../annotations/values.ts';
import { findOurContainer, hasOurContainerName, hasOurVolumeName, isOurContainer } from './own.ts';

/** A container of theirs, and where it stands. */
interface Placed {
  readonly container: JsonObject;
  readonly path: string;
}

/** Everything in a pod that stands where the injector has to put something. */
export function conflicts(pod: JsonObject, { directory, mode }: Injection): readonly Problem[] {
  const spec = objectIn(pod, 'spec');
  const theirs = placedContainers(spec);
  return [
    ...directoryProblems(directory),
    ...theirs.flatMap(nameProblems),
    ...volumeProblems(pod, spec),
    ...theirs.flatMap((placed) => mountProblems(placed, directory)),
    ...(mode === 'run' ? theirs.flatMap(portProblems) : []),
  ];
}

function placedContainers(spec: JsonObject): readonly Placed[] {
  const place = (list: string): readonly Placed[] =>
    listIn(spec, list).map((container, index) => ({ container, path: `spec.${list}[${index}]` }));
  const inits = place('initContainers').filter(({ container }) => !isOurContainer(container));
  return [...place('containers'), ...inits];
}

/** Places of the system, of the agent's image and of its other volumes. */
const TAKEN = ['/dev', '/proc', '/sys', '/nodejs', '/sidekey', STATE_DIRECTORY, TOKEN_DIRECTORY];

function directoryProblems(directory: string): readonly Problem[] {
  const taken = TAKEN.find((path) => contains(path, directory) || contains(directory, path));
  const message = `overlaps ${taken}, which is taken in the agent's container; expected another directory`;
  return taken === undefined ? [] : [{ key: `${DROP_IN_PREFIX}secret-volume-path`, message }];
}

function nameProblems({ container, path }: Placed): readonly Problem[] {
  if (!hasOurContainerName(container)) return [];
  return [{ key: `${path}.name`, message: `${needed(container)}; expected another name` }];
}

function volumeProblems(pod: JsonObject, spec: JsonObject): readonly Problem[] {
  if (findOurContainer(pod) !== undefined) return [];
  return listIn(spec, 'volumes').flatMap((volume, index) =>
    hasOurVolumeName(volume)
      ? [{ key: `spec.volumes[${index}].name`, message: `${needed(volume)}; expected another name` }]
      : [],
  );
}

function needed(named: JsonObject): string {
  return `is "${textIn(named, 'name')}", which the injector needs for itself`;
}

function mountProblems({ container, path }: Placed, directory: string): readonly Problem[] {
  return listIn(container, 'volumeMounts').flatMap((mount, index) => {
    const message = hasOurVolumeName(mount) ? ownVolumeFault(mount, directory) : mountFault(mount, directory);
    return message === undefined ? [] : [{ key: `${path}.volumeMounts[${index}]`, message }];
  });
}

/** The one mount of ours that others have is the one an earlier pass gave them. */
function ownVolumeFault(mount: JsonObject, directory: string): string | undefined {
  const given = mount['name'] === VOLUME.secrets && mount['mountPath'] === directory;
  return given
    ? undefined
    : `mounts "${textIn(mount, 'name')}", which is the injector's; expected no such mount`;
}

/** What is mounted inside a read-only volume, or has a read-only one mounted around it, keeps the container from starting. */
function mountFault(mount: JsonObject, directory: string): string | undefined {
  const mountPath = textIn(mount, 'mountPath');
  // The kubelet takes any spelling, and a relative path from the root.
  const place = posix.resolve('/', mountPath);
  const inside = contains(directory, place);
  if (!inside && !(contains(place, directory) && mount['readOnly'] === true)) return undefined;
  return `is at ${quoted(mountPath)}, where the secrets directory ${directory} is; expected another mountPath, or another directory in ${DROP_IN_PREFIX}secret-volume-path`;
}

/** True for a directory itself and everything below it. */
function contains(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
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
