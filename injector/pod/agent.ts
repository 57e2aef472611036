import { isObject, type JsonObject, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Injection } from '../annotations/injection.ts';
import { applyPatch } from './apply-patch.ts';
import { type Agent, agentContainer } from './container.ts';
import { brokenInvariants } from './invariants.ts';
import { theirInitContainers } from './own.ts';
import { withWishes } from './wished-resources.ts';

/** The container of the agent for one pod, and what could not be as it was asked for. */
export interface BuiltAgent {
  readonly injection: Injection;
  readonly container: JsonObject;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Makes the agent's container for a pod, with what its annotations change in it. */
export function buildAgent(pod: JsonObject, agent: Agent): BuiltAgent {
  const { injection } = agent;
  const spec = { ...objectIn(pod, 'spec'), initContainers: theirInitContainers(pod) };
  const usual = agentContainer({ ...pod, spec }, agent);
  const wished = withWishes(spec, objectIn(usual, 'resources'), injection);
  const { resources, problems, warnings } = wished;
  const fresh = { ...usual, resources };
  const patched = withPatches(fresh, injection, spec);
  return {
    injection,
    container: patched.container,
    problems: [...problems, ...patched.problems],
    warnings,
  };
}

type WithPatches = Pick<BuiltAgent, 'container' | 'problems'>;

/** Each patch is applied to what the one before it has made, and none of them if that is not the agent any more. */
function withPatches(fresh: JsonObject, { agent: { patches } }: Injection, spec: JsonObject): WithPatches {
  let container = fresh;
  const problems: Problem[] = [];
  for (const { key, value: operations } of patches) {
    const applied = applyPatch(container, operations);
    if ('fault' in applied) {
      const message = `cannot be applied to the container of the agent: ${applied.fault}`;
      problems.push({ key, message });
      continue;
    }
    const next = isObject(applied.value) ? applied.value : {};
    const broken = brokenInvariants({ fresh, container: next, spec });
    problems.push(
      ...broken.map((what) => ({ key, message: `would ${what}; expected a patch that does not` })),
    );
    if (broken.length === 0) container = next;
  }
  return { container, problems };
}
