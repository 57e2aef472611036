import { isArray, isObject, type Json, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Path } from '../../../governance/check/pods.ts';
import { askingOptIns } from '../../../injector/annotations/request.ts';
import type { Finding } from '../finding.ts';
import { textAnnotations } from '../namespace.ts';
import type { ObjectReport } from '../report.ts';
import { explainPod, type PodContext } from './explain.ts';
import { type PodPart, podParts } from './places.ts';
import type { PodOutcome } from './report.ts';

/** What becomes of the pods of an object; undefined if it makes none. */
export function explainWorkload(
  context: PodContext,
): Pick<ObjectReport, 'verdict' | 'findings' | 'pods' | 'namespaceKnown' | 'value'> | undefined {
  const { value } = context.manifest;
  const parts = podParts(value);
  if (parts.length === 0) return undefined;
  const pods = parts.map((part) => explainPod(part, context));
  const known = { pods, namespaceKnown: context.surroundings.isKnown, value };
  const findings = pods.every(({ outcome }) => outcome === 'unasked') ? misplaced(parts, context) : [];
  if (findings.length > 0) return { verdict: 'uninjected', findings, ...known };
  const isRefused = pods.some((pod) => pod.findings.some(({ effect }) => effect === 'refused'));
  const worst = WORST_FIRST.find((outcome) => pods.some((pod) => pod.outcome === outcome)) ?? 'unasked';
  return { verdict: isRefused ? 'refused' : worst, findings, ...known };
}

const WORST_FIRST: readonly PodOutcome[] = ['denied', 'uninjected', 'injected'];

/** Annotations that ask for an agent where no pod gets them from: on a Deployment instead of its template. */
function misplaced(parts: readonly PodPart[], { manifest }: PodContext): readonly Finding[] {
  const template = parts.find((part) => part.template !== undefined)?.title;
  if (template === undefined || template === '') return [];
  const kind = textIn(manifest.value, 'kind');
  return annotated(manifest.value).flatMap(({ object, path }) =>
    askingOptIns(textAnnotations(object)).map(({ key }) => ({
      effect: 'uninjected',
      place: manifest.at([...path, 'metadata', 'annotations', key]),
      subject: key,
      message: `is not on the pods of this ${kind}, and asks for nothing; expected it below ${template}.metadata.annotations`,
    })),
  );
}

/** Everything in an object that has annotations, itself included. */
function annotated(value: Json, path: Path = []): readonly { object: JsonObject; path: Path }[] {
  if (path.length > DEEPEST) return [];
  if (isArray(value)) return value.flatMap((item, index) => annotated(item, [...path, String(index)]));
  if (!isObject(value)) return [];
  const own = isObject(objectIn(value, 'metadata')['annotations']) ? [{ object: value, path }] : [];
  return [...own, ...Object.entries(value).flatMap(([key, field]) => annotated(field, [...path, key]))];
}

/** Of a template within a template: no kind goes deeper. */
const DEEPEST = 12;
