import { type JsonObject, listIn, objectIn } from '#contract/json.ts';
import { OPT_INS } from '../../injector/annotations/request.ts';
import { hasOurContainerName, hasOurVolumeName } from '../../injector/pod/own.ts';

/** An object without some of its fields. */
export function without(owner: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(owner).filter(([field]) => !fields.includes(field)));
}

const isOurs = (entry: JsonObject): boolean => hasOurContainerName(entry) || hasOurVolumeName(entry);

/** An object with the entries of a list that are the injector's taken out; a list that was nothing else is none. */
function purged(owner: JsonObject, field: string): JsonObject {
  const theirs = listIn(owner, field).filter((entry) => !isOurs(entry));
  return theirs.length === 0 ? without(owner, [field]) : { ...owner, [field]: theirs };
}

const STATUS_KEYS = OPT_INS.map(({ statusKey }) => statusKey);

/** A pod as it is where there is no injector. */
export function withoutUs(pod: JsonObject): JsonObject {
  const metadata = objectIn(pod, 'metadata');
  const annotations = without(objectIn(metadata, 'annotations'), STATUS_KEYS);
  const spec = purged(purged(objectIn(pod, 'spec'), 'volumes'), 'initContainers');
  const unmounted = eachContainer(spec, (container) => purged(container, 'volumeMounts'));
  return { ...pod, metadata: { ...metadata, annotations }, spec: unmounted };
}

function eachContainer(spec: JsonObject, change: (container: JsonObject) => JsonObject): JsonObject {
  const lists = ['initContainers', 'containers'].filter((field) => field in spec);
  return { ...spec, ...Object.fromEntries(lists.map((field) => [field, listIn(spec, field).map(change)])) };
}

/**
 * A pod whose containers meet the `restricted` standard each by itself, as far as its author has not said otherwise: the
 * pod as a whole says nothing that would hold for another container, too.
 */
export function hardened(pod: JsonObject): JsonObject {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const harden = (container: JsonObject): JsonObject => ({
    ...container,
    securityContext: { ...securityContext, ...objectIn(container, 'securityContext') },
  });
  return { ...pod, spec: eachContainer(objectIn(pod, 'spec'), harden) };
}

/** What of a pod is the injector's. */
export function ours(pod: JsonObject): readonly JsonObject[] {
  const spec = objectIn(pod, 'spec');
  return ['initContainers', 'volumes'].flatMap((field) => listIn(spec, field).filter(isOurs));
}
