import { isArray, isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';

/** Where in an object something is. */
export type Path = readonly string[];

/** A pod that an object is, or would make. */
export interface PodPlace {
  /** As it would be sent to the API server. */
  readonly pod: JsonObject;
  /** Where its metadata and its spec stand in the object. */
  readonly metadata: Path;
  readonly spec: Path;
  /** How many of it there are at once, as far as the object says; 0 for what makes none by itself. */
  readonly count: number;
}

/** How a kind holds its template, and says how many pods it wants. */
interface Holder {
  readonly template: Path;
  readonly count: (object: JsonObject) => number;
}

const numberAt = (object: JsonObject, path: Path): number => {
  const value = valueAt(object, path);
  return typeof value === 'number' && value >= 0 ? value : 1;
};

const replicas = (object: JsonObject): number => numberAt(object, ['spec', 'replicas']);

/** A job has no more pods at once than it has left to complete. */
const parallel = (path: Path) => (object: JsonObject) =>
  Math.min(
    numberAt(object, [...path, 'parallelism']),
    valueAt(object, [...path, 'completions']) === undefined
      ? Infinity
      : numberAt(object, [...path, 'completions']),
  );

const TEMPLATE: Path = ['spec', 'template'];

const HOLDERS: ReadonlyMap<string, Holder> = new Map<string, Holder>([
  ['v1/Pod', { template: [], count: () => 1 }],
  ['v1/PodTemplate', { template: ['template'], count: () => 0 }],
  ['v1/ReplicationController', { template: TEMPLATE, count: replicas }],
  ['apps/v1/Deployment', { template: TEMPLATE, count: replicas }],
  ['apps/v1/ReplicaSet', { template: TEMPLATE, count: replicas }],
  ['apps/v1/StatefulSet', { template: TEMPLATE, count: replicas }],
  // At least one, or there would be no point in it; how many, the nodes decide.
  ['apps/v1/DaemonSet', { template: TEMPLATE, count: () => 1 }],
  ['batch/v1/Job', { template: TEMPLATE, count: parallel(['spec']) }],
  [
    'batch/v1/CronJob',
    {
      template: ['spec', 'jobTemplate', 'spec', 'template'],
      count: parallel(['spec', 'jobTemplate', 'spec']),
    },
  ],
]);

/**
 * The pods that an object is or would make. Of kinds that are not Kubernetes' own, such as a RayJob or a LeaderWorkerSet,
 * everything that looks like a pod's spec is one.
 */
export function podsIn(object: JsonObject): readonly PodPlace[] {
  const holder = HOLDERS.get(kindOf(object));
  if (holder === undefined) return searched(object).map((spec) => placed(object, spec, 1));
  const spec = [...holder.template, 'spec'];
  return isObject(valueAt(object, spec)) ? [placed(object, spec, holder.count(object))] : [];
}

function placed(object: JsonObject, spec: Path, count: number): PodPlace {
  const around = spec.at(-1) === 'spec' ? spec.slice(0, -1) : spec;
  const metadata = [...around, 'metadata'];
  const owner = objectIn(object, 'metadata');
  // What a custom object says of its pods beside their spec stands where only its own controller knows.
  const said = spec.at(-1) === 'spec' ? objectAt(object, metadata) : {};
  const named = around.length === 0 ? {} : { generateName: `${textIn(owner, 'name')}-` };
  const place = { namespace: textIn(owner, 'namespace') };
  return {
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...named, ...said, ...place },
      spec: objectAt(object, spec),
    },
    metadata,
    spec,
    count,
  };
}

/** Deeper than any custom object holds a template; and what a status says is nobody's wish. */
const DEEPEST = 12;

function searched(value: Json, path: Path = []): readonly Path[] {
  if (path.length > DEEPEST || (path.length === 1 && path[0] === 'status')) return [];
  if (isArray(value)) return value.flatMap((item, index) => searched(item, [...path, String(index)]));
  if (!isObject(value)) return [];
  if (isPodSpec(value)) return [path];
  return Object.entries(value).flatMap(([key, field]) => searched(field, [...path, key]));
}

/** True for a kind of Kubernetes' own that is a pod or makes some. */
export const makesPods = (object: JsonObject): boolean => HOLDERS.has(kindOf(object));

const kindOf = (object: JsonObject): string => `${textIn(object, 'apiVersion')}/${textIn(object, 'kind')}`;

/** Groups of Kubernetes' own below `k8s.io`, where others have theirs, too. */
const OWN_GROUPS =
  /^(?:admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/u;

/** True for a kind of Kubernetes' own. */
export const isBuiltIn = (object: JsonObject): boolean => {
  const [group = '', version] = textIn(object, 'apiVersion').split('/');
  return version === undefined || !group.includes('.') || OWN_GROUPS.test(group);
};

const isPodSpec = (object: JsonObject): boolean => {
  const containers = listIn(object, 'containers');
  return (
    containers.length > 0 && containers.every((one) => textIn(one, 'name') + textIn(one, 'image') !== '')
  );
};

/** What is at a place; undefined if nothing is. */
export function valueAt(object: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = object;
  for (const key of path) {
    if (isArray(value)) value = value[Number(key)];
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

export function objectAt(object: JsonObject, path: Path): JsonObject {
  const value = valueAt(object, path);
  return isObject(value) ? value : {};
}
