import { isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';

/** One thing in a pod that a standard does not take. */
export interface Violation {
  /** From the pod's root. It need not lead to the end: what is missing is where it would belong. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What a standard says about one thing. */
export type Rule = (pod: JsonObject) => readonly Violation[];

/** A part of a pod, and where it stands. */
export interface Part {
  readonly object: JsonObject;
  readonly path: readonly string[];
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** All containers of a pod. */
export function containersOf(pod: JsonObject): readonly Part[] {
  const spec = objectIn(pod, 'spec');
  return LISTS.flatMap((list) =>
    listIn(spec, list).map((object, index) => ({ object, path: ['spec', list, String(index)] })),
  );
}

/** A part within a part; undefined if it is not there. */
export function partIn({ object, path }: Part, field: string): Part | undefined {
  const value = object[field];
  return isObject(value) ? { object: value, path: [...path, field] } : undefined;
}

/** The security contexts of a pod and of its containers, as far as there are any. */
export function contextsOf(pod: JsonObject): readonly Part[] {
  const own: Part = { object: objectIn(pod, 'spec'), path: ['spec'] };
  return [own, ...containersOf(pod)].flatMap((one) => partIn(one, 'securityContext') ?? []);
}

/** What a container's own context says, or else the pod's. */
export function settingOf(pod: JsonObject, container: Part, field: string): Json | undefined {
  const own = objectIn(container.object, 'securityContext')[field] ?? undefined;
  return own ?? objectIn(objectIn(pod, 'spec'), 'securityContext')[field];
}

/** Violations of every part for which there is something to say. */
export function violations(
  parts: readonly Part[],
  field: string,
  messageOf: (value: Json | undefined) => string | undefined,
): readonly Violation[] {
  return parts.flatMap(({ object, path }) => {
    const message = messageOf(object[field] ?? undefined);
    return message === undefined ? [] : [{ path: [...path, field], message }];
  });
}

export const isWindows = (pod: JsonObject): boolean =>
  textIn(objectIn(objectIn(pod, 'spec'), 'os'), 'name') === 'windows';

/** True for a pod whose root is nobody on its node. */
export const hasOwnUsers = (pod: JsonObject): boolean => objectIn(pod, 'spec')['hostUsers'] === false;
