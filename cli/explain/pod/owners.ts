import { type JsonObject, textIn } from '#contract/json.ts';
import type { Path } from '../../../governance/check/pods.ts';

/** Where a controller that puts pods together takes their annotations from: of two that say the same key, the later. */
export interface Owner {
  readonly annotations: readonly Path[];
  /** False if it is not known to hand them on. */
  readonly isKnown: boolean;
}

type Places = (spec: Path) => readonly Path[];

const OBJECT: Path = ['metadata', 'annotations'];
const within: Places = (spec) => [[...spec, 'annotations']];
const beside: Places = (spec) => [[...spec.slice(0, -1), 'annotations']];
const everywhere: Places = (spec) => [OBJECT, ...within(spec)];

/** KServe's kinds; of what an LLMInferenceService says itself, it hands on nothing that is ours. */
const KNOWN: ReadonlyMap<string, Places> = new Map<string, Places>([
  ['InferenceService', everywhere],
  ['LLMInferenceService', beside],
  ['LLMInferenceServiceConfig', beside],
  ['ServingRuntime', within],
  ['ClusterServingRuntime', within],
]);

/** The controller of an object, for the pod whose spec stands at a place without metadata of its own. */
export function ownerOf(object: JsonObject, spec: Path): Owner {
  const isServing = textIn(object, 'apiVersion').startsWith('serving.kserve.io/');
  const known = isServing ? KNOWN.get(textIn(object, 'kind')) : undefined;
  return { annotations: (known ?? everywhere)(spec), isKnown: known !== undefined };
}
