import { isArray, isObject, type Json, type JsonObject, listIn, objectIn } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';

const CONTAINER_LISTS = ['containers', 'initContainers'] as const;

/**
 * What keeps an object from being read as a pod. The API server sends nothing of the kind; after this check no part of
 * the pod that is read or written is of another form than it is taken for.
 */
export function shapeProblems(pod: JsonObject): readonly Problem[] {
  const metadata = objectIn(pod, 'metadata');
  const spec = objectIn(pod, 'spec');
  const annotations = Object.entries(objectIn(metadata, 'annotations'));
  if (isTooMuch(annotations)) return [TOO_MUCH];
  const containers = CONTAINER_LISTS.map((list) => spec[list]).flatMap((value) =>
    isArray(value) ? value : [],
  );
  if (containers.length > MOST_CONTAINERS) return [tooMany(containers.length)];
  return [
    ...objectProblems(pod, 'metadata', ''),
    ...objectProblems(pod, 'spec', ''),
    ...objectProblems(metadata, 'annotations', 'metadata.'),
    ...annotations.flatMap(([key, value]) =>
      typeof value === 'string' ? [] : [{ key, message: 'must be text' }],
    ),
    ...listProblems(spec, 'volumes', 'spec.'),
    ...CONTAINER_LISTS.flatMap((list) => listProblems(spec, list, 'spec.')),
    ...CONTAINER_LISTS.flatMap((list) => containerProblems(spec[list], `spec.${list}`)),
  ];
}

/** Of all keys and values together. The API server looks at that only after its webhooks. */
const MOST_ANNOTATIONS = 256 * 1024;

const TOO_MUCH: Problem = {
  key: 'metadata.annotations',
  message: `must be at most ${MOST_ANNOTATIONS} bytes in all, for the API server takes no more`,
};

/** Far more than a node runs. Each file may be looked for in each of them, while no other pod is answered. */
const MOST_CONTAINERS = 1000;

const tooMany = (count: number): Problem => ({
  key: 'spec.containers',
  message: `must be at most ${MOST_CONTAINERS}, init containers included, and are ${count}`,
});

function isTooMuch(annotations: readonly (readonly [string, Json])[]): boolean {
  let size = 0;
  for (const [key, value] of annotations)
    size += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  return size > MOST_ANNOTATIONS;
}

function containerProblems(containers: Json | undefined, path: string): readonly Problem[] {
  if (!isArray(containers)) return [];
  return containers
    .filter(isObject)
    .flatMap((container, index) => [
      ...listProblems(container, 'volumeMounts', `${path}[${index}].`),
      ...mountProblems(container, `${path}[${index}].`),
      ...listProblems(container, 'env', `${path}[${index}].`),
    ]);
}

const MOUNT_TEXTS = ['name', 'mountPath', 'subPath', 'subPathExpr'];

/** What is copied of mounts. */
function mountProblems(container: JsonObject, path: string): readonly Problem[] {
  return listIn(container, 'volumeMounts').flatMap((mount, index) =>
    MOUNT_TEXTS.filter((field) => typeof (mount[field] ?? '') !== 'string').map((field) => ({
      key: `${path}volumeMounts[${index}].${field}`,
      message: 'must be text',
    })),
  );
}

function objectProblems(owner: JsonObject, field: string, path: string): readonly Problem[] {
  const value = owner[field] ?? {};
  return isObject(value) ? [] : [{ key: path + field, message: 'must be an object' }];
}

function listProblems(owner: JsonObject, field: string, path: string): readonly Problem[] {
  const value = owner[field] ?? [];
  return isArray(value) && value.every(isObject)
    ? []
    : [{ key: path + field, message: 'must be a list of objects' }];
}
