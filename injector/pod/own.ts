import { type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { CONFIG_VARIABLE, CONTAINER, VOLUME } from '#contract/layout.ts';

const CONTAINER_NAMES: ReadonlySet<string> = new Set(Object.values(CONTAINER));
/** Some of them come with a number. */
const VOLUME_NAME = new RegExp(`^(?:${Object.values(VOLUME).join('|')})(?:-\\d+)?$`, 'u');

/** Where the agent's image has its program, and what runs it. */
export const PROGRAM: readonly string[] = ['/nodejs', '/sidekey'];

export function hasOurContainerName(container: JsonObject): boolean {
  return CONTAINER_NAMES.has(textIn(container, 'name'));
}

/** For volumes, and for mounts, which name one. */
export function hasOurVolumeName(volume: JsonObject): boolean {
  return VOLUME_NAME.test(textIn(volume, 'name'));
}

/** True for a container that the injector made: known by its shape, for an annotation can be written by anybody. */
export function isOurContainer(container: JsonObject): boolean {
  const configured = listIn(container, 'env').some((variable) => variable['name'] === CONFIG_VARIABLE);
  return configured && hasOurContainerName(container);
}

/** The agent of an earlier pass over the same pod. */
export function findOurContainer(pod: JsonObject): JsonObject | undefined {
  return listIn(objectIn(pod, 'spec'), 'initContainers').find(isOurContainer);
}

/** All containers but ours, in order. */
export function theirInitContainers(pod: JsonObject): readonly JsonObject[] {
  return listIn(objectIn(pod, 'spec'), 'initContainers').filter((container) => !isOurContainer(container));
}
