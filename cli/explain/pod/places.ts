import { isObject, type Json, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { objectAt, type Path, podsIn } from '../../../governance/check/pods.ts';

/** A pod that an object is, or would make. */
export interface PodPart {
  /** As it would be sent to the API server. */
  readonly pod: JsonObject;
  /** Where its template is, for people; empty for a Pod. */
  readonly title: string;
  /** Where the pod stands in the object with its metadata and spec; absent if a controller puts it together. */
  readonly template?: Path;
  /** Where a part of the pod stands in the object, or would. */
  locate(path: Path): Path;
}

/** The pods of an object, whatever its kind: of one that is not Kubernetes' own, everything that looks like a pod's spec. */
export function podParts(object: JsonObject): readonly PodPart[] {
  const found = podsIn(object).map(({ pod, spec }) =>
    spec.at(-1) === 'spec'
      ? templated(spec.length === 1 ? object : pod, spec.slice(0, -1))
      : bare(object, spec),
  );
  return [...found, ...served(object)];
}

const templated = (pod: JsonObject, template: Path): PodPart => ({
  pod,
  template,
  title: template.join('.'),
  locate: (path) => [...template, ...path],
});

/** What a controller hands on from its own object: a spec without metadata has no annotations of its own. */
function bare(object: JsonObject, at: Path, containers?: readonly JsonObject[]): PodPart {
  const { annotations, labels, ...spec } = objectAt(object, at);
  const owner = objectIn(object, 'metadata');
  const own = texts(annotations);
  const metadata = {
    generateName: `${textIn(owner, 'name')}-`,
    namespace: textIn(owner, 'namespace'),
    annotations: { ...texts(owner['annotations']), ...own },
    ...(isObject(labels) && { labels }),
  };
  return {
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: containers === undefined ? spec : { ...spec, containers },
    },
    title: at.join('.'),
    locate: ([part, ...rest]) => {
      if (part !== 'metadata') return [...at, ...rest];
      const isOwn = rest[0] === 'annotations' && Object.hasOwn(own, rest[1] ?? '');
      return isOwn ? [...at, ...rest] : ['metadata', ...rest];
    },
  };
}

const texts = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const COMPONENTS = ['predictor', 'transformer', 'explainer'] as const;

/** KServe makes the container of a model from a runtime of the cluster; what the manifest says of it counts. */
function served(object: JsonObject): readonly PodPart[] {
  if (textIn(object, 'kind') !== 'InferenceService') return [];
  return COMPONENTS.flatMap((component) => {
    const at = ['spec', component];
    const { containers, ...spec } = objectAt(object, at);
    const model = Object.entries(spec).find(([field, value]) => isModel(field, value));
    if (containers !== undefined || model === undefined) return [];
    const container = { ...texts(model[1]), name: 'kserve-container' };
    return [bare(object, at, [container])];
  });
}

/** `model`, or one of the frameworks that there were fields for before. */
const isModel = (field: string, value: Json): boolean =>
  isObject(value) && (field === 'model' || 'storageUri' in value || 'runtimeVersion' in value);
