import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { type Directory, type Injection, isSelected } from '../annotations/injection.ts';
import type { BuiltAgent } from './agent.ts';
import { renewContainer } from './container.ts';
import { findOurContainer, theirInitContainers } from './own.ts';
import { agentVolumes } from './volumes.ts';

/**
 * The pod with an agent among the init containers, and with the files in the containers that are to see them. Everything else stays,
 * in its order.
 * Mutating the result again changes nothing; if others added containers in between, these get the files, too.
 */
export function mutate(
  pod: JsonObject,
  { injection, container: fresh }: Pick<BuiltAgent, 'injection' | 'container'>,
): JsonObject {
  const spec = objectIn(pod, 'spec');
  const metadata = objectIn(pod, 'metadata');
  const status = Object.fromEntries(injection.statusKeys.map((key) => [key, 'injected']));
  const inits = theirInitContainers(pod);
  const previous = findOurContainer(pod);
  const ours = previous === undefined ? fresh : renewContainer(previous, fresh);
  const mounted = inits.map((container) => withMounts(container, injection, 'initContainers'));
  const { sharesProcesses } = injection.agent;
  return {
    ...pod,
    metadata: { ...metadata, annotations: { ...objectIn(metadata, 'annotations'), ...status } },
    spec: {
      ...spec,
      ...(sharesProcesses && { shareProcessNamespace: sharesProcesses.value }),
      volumes: put(listIn(spec, 'volumes'), 'name', agentVolumes(injection)),
      initContainers: mounted.toSpliced(agentIndex(inits, injection), 0, ours),
      containers: listIn(spec, 'containers').map((container) =>
        withMounts(container, injection, 'containers'),
      ),
    },
  };
}

/** A mesh has to be up before the agent can reach a store; what only runs once may need the files. */
function agentIndex(inits: readonly JsonObject[], { position }: Injection): number {
  if (position === 'first') return 0;
  if (position === 'last') return inits.length;
  return inits.findLastIndex((container) => container['restartPolicy'] === 'Always') + 1;
}

function secretsMount({ volume, path }: Directory): JsonObject {
  return { name: volume, mountPath: path, readOnly: true };
}

function withMounts(
  container: JsonObject,
  { directories }: Injection,
  list: 'containers' | 'initContainers',
): JsonObject {
  const seen = directories.filter(({ seenBy }) => isSelected(seenBy[list], textIn(container, 'name')));
  if (seen.length === 0) return container;
  const mounts = seen.map(secretsMount);
  return { ...container, volumeMounts: put(listIn(container, 'volumeMounts'), 'mountPath', mounts) };
}

/** A list with some entries replaced where they stand, and appended where they do not. */
function put(list: readonly JsonObject[], id: string, entries: readonly JsonObject[]): readonly JsonObject[] {
  const wanted = new Map(entries.map((entry) => [entry[id], entry]));
  const present = new Set(list.map((entry) => entry[id]));
  return [
    ...list.map((entry) => wanted.get(entry[id] ?? '') ?? entry),
    ...entries.filter((entry) => !present.has(entry[id] ?? '')),
  ];
}
