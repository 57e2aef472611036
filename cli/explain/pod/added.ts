import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import type { AgentPart } from './report.ts';

/** What comes into a pod with its agent. */
export function agentPart(before: JsonObject, after: JsonObject, agent: JsonObject): AgentPart {
  const spec = objectIn(after, 'spec');
  const resources = objectIn(agent, 'resources');
  const had = new Set(listIn(objectIn(before, 'spec'), 'volumes').map(nameOf));
  const added = listIn(spec, 'volumes').filter((volume) => !had.has(nameOf(volume)));
  return {
    container: nameOf(agent),
    mode: agent['restartPolicy'] === 'Always' ? 'run' : 'init',
    requests: quantities(resources, 'requests'),
    limits: quantities(resources, 'limits'),
    volumes: added.map((volume) => {
      const size = textIn(objectIn(volume, 'emptyDir'), 'sizeLimit');
      return { name: nameOf(volume), ...(size === '' ? {} : { size }) };
    }),
    starts: [
      ...listIn(spec, 'initContainers').map((container) => [nameOf(container)]),
      listIn(spec, 'containers').map(nameOf),
    ],
  };
}

const nameOf = (part: JsonObject): string => textIn(part, 'name');

const quantities = (resources: JsonObject, list: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectIn(resources, list)).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
