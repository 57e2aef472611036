import { isObject, type Json, type JsonObject, listIn, objectIn, textIn } from '#contract/json.ts';
import { isBuiltIn, objectAt, type Path, podsIn } from '../../../governance/check/pods.ts';
import { ownerOf } from './owners.ts';

/** A pod that an object is, or would make. */
export interface PodPart {
  /** As it would be sent to the API server. */
  readonly pod: JsonObject;
  /** Where its template is, for people; empty for a Pod. */
  readonly title: string;
  /** Where the pod stands in the object with its metadata and spec; absent if a controller puts it together. */
  readonly template?: Path;
  /** Where its annotations are taken from; the last is where they are best written. */
  readonly annotations: readonly Path[];
  /** False if it is not known whether the object's controller hands annotations on. */
  readonly isAsSent: boolean;
  /** Where a part of the pod stands in the object, or would. */
  locate(path: Path): Path;
}

/** The pods of an object, whatever its kind: of one that is not Kubernetes' own, everything that looks like a pod's spec. */
export function podParts(object: JsonObject): readonly PodPart[] {
  const found = podsIn(object).map(({ pod, spec }) =>
    isTemplate(object, spec)
      ? templated(withNames(object, spec.length === 1 ? object : pod), spec.slice(0, -1))
      : bare(object, spec),
  );
  return [...found, ...served(object)];
}

/** As annotations know it: Knative calls the only container so, if it has no name. */
function withNames(object: JsonObject, pod: JsonObject): JsonObject {
  const spec = objectIn(pod, 'spec');
  const [container, ...others] = listIn(spec, 'containers');
  const isNamed = !textIn(object, 'apiVersion').startsWith('serving.knative.dev/') || others.length > 0;
  if (container === undefined || isNamed || textIn(container, 'name') !== '') return pod;
  return { ...pod, spec: { ...spec, containers: [{ ...container, name: 'user-container' }] } };
}

/** True if the pod's metadata stands beside its spec. The metadata of a custom object are its own, and no pod's. */
const isTemplate = (object: JsonObject, spec: Path): boolean =>
  spec.at(-1) === 'spec' && (spec.length > 1 || isBuiltIn(object));

const templated = (pod: JsonObject, template: Path): PodPart => ({
  pod,
  template,
  title: template.join('.'),
  annotations: [[...template, 'metadata', 'annotations']],
  isAsSent: true,
  locate: (path) => [...template, ...path],
});

/** What a controller hands on from its own object: a spec without metadata has no annotations of its own. */
function bare(object: JsonObject, at: Path, containers?: readonly JsonObject[]): PodPart {
  const { annotations: _, labels, ...spec } = objectAt(object, at);
  const owner = objectIn(object, 'metadata');
  const { annotations: places, isKnown } = ownerOf(object, at);
  const metadata = {
    generateName: `${textIn(owner, 'name')}-`,
    namespace: textIn(owner, 'namespace'),
    annotations: Object.assign({}, ...places.map((place) => objectAt(object, place))) as JsonObject,
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
    annotations: places,
    isAsSent: isKnown,
    locate: ([part, ...rest]) => {
      if (part !== 'metadata') return [...at, ...rest];
      const [field, key = ''] = rest;
      const said = places.findLast((place) => Object.hasOwn(objectAt(object, place), key));
      return field === 'annotations' && said !== undefined ? [...said, key] : ['metadata', ...rest];
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
