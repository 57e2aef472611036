import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { VOLUME } from '#contract/layout.ts';
import { DROP_IN_PREFIX } from '../annotations/names.ts';
import { type Agent, agentContainer, renewContainer } from './container.ts';
import { findOurContainer, theirInitContainers } from './own.ts';
import { AGENT_VOLUMES } from './volumes.ts';

const STATUS = { [`${DROP_IN_PREFIX}agent-inject-status`]: 'injected' };

/**
 * The pod with an agent that comes last among the init containers, and with the files in every container. Everything else stays, in its order.
 * Mutating the result again changes nothing; if others added containers in between, these get the files, too.
 */
export function mutate(pod: JsonObject, agent: Agent): JsonObject {
  const spec = objectIn(pod, 'spec');
  const metadata = objectIn(pod, 'metadata');
  const mount = secretsMount(agent.injection.directory);
  const inits = theirInitContainers(pod);
  const fresh = agentContainer({ ...spec, initContainers: inits }, agent);
  const previous = findOurContainer(pod);
  return {
    ...pod,
    metadata: { ...metadata, annotations: { ...objectIn(metadata, 'annotations'), ...STATUS } },
    spec: {
      ...spec,
      volumes: put(listIn(spec, 'volumes'), 'name', AGENT_VOLUMES),
      initContainers: [
        ...inits.map((container) => withMount(container, mount)),
        previous === undefined ? fresh : renewContainer(previous, fresh),
      ],
      containers: listIn(spec, 'containers').map((container) => withMount(container, mount)),
    },
  };
}

function secretsMount(directory: string): JsonObject {
  return { name: VOLUME.secrets, mountPath: directory, readOnly: true };
}

function withMount(container: JsonObject, mount: JsonObject): JsonObject {
  return { ...container, volumeMounts: put(listIn(container, 'volumeMounts'), 'mountPath', [mount]) };
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
