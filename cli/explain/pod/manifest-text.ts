import { stringify } from 'yaml';
import { isArray, type Json, type JsonObject, objectIn } from '#contract/json.ts';
import type { Path } from '../../../governance/check/pods.ts';
import type { ObjectReport } from '../report.ts';
import type { PodReport } from './report.ts';

const FORMAT = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;

/**
 * An object with the agent in the templates of its pods, as YAML that can be applied: injecting it once more changes nothing.
 * Undefined if none of its pods is injected.
 */
export function injectedText(object: ObjectReport): string | undefined {
  const { pods = [], value } = object;
  if (value === undefined || !pods.some(({ injected }) => injected)) return undefined;
  const together = pods.filter(({ injected, template }) => injected && template === undefined);
  const comments = together.map(
    ({ title }) => `# A controller makes pods of ${title}, and the agent comes into these\n`,
  );
  return comments.join('') + stringify(pods.reduce(withAgent, value), FORMAT);
}

function withAgent(object: JsonObject, { injected, template }: PodReport): JsonObject {
  if (injected === undefined || template === undefined) return object;
  const { spec } = injected.pod;
  const annotations = objectIn(injected.pod, 'metadata')['annotations'] ?? {};
  const placed = put(object, [...template, 'metadata', 'annotations'], annotations);
  return put(placed, [...template, 'spec'], spec ?? {}) as JsonObject;
}

/** A value with another in one place. What is around that is made if it is not there. */
function put(owner: Json, [key, ...rest]: Path, value: Json): Json {
  if (key === undefined) return value;
  if (isArray(owner))
    return owner.map((item, index) => (String(index) === key ? put(item, rest, value) : item));
  const object = owner as JsonObject;
  return { ...object, [key]: put(object[key] ?? {}, rest, value) };
}
