import { isArray, isObject, type Json, type JsonObject, textIn } from '#contract/json.ts';
import { isBuiltIn, makesPods, type Path } from '../../../governance/check/pods.ts';
import { askingOptIns } from '../../../injector/annotations/request.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Finding } from '../finding.ts';
import { textAnnotations } from '../namespace.ts';
import { idleAnnotations } from './annotations.ts';
import type { PodPart } from './places.ts';

/** What asks for an agent where no pod gets it from: on a Deployment instead of its template, or among the labels. */
export function misplaced(parts: readonly PodPart[], manifest: Manifest): readonly Finding[] {
  const found = asking(manifest.value).filter(({ path }) => !isTaken(path, parts));
  const kind = textIn(manifest.value, 'kind');
  return found.flatMap(({ path, keys }) => {
    const expected = nearest(path, parts);
    return keys.map((key): Finding => {
      const about = { place: manifest.at([...path, key]), subject: key };
      if (expected === undefined) return { ...about, ...unseen(manifest.value) };
      const message = `${standing(path, kind)}, and asks for nothing; expected it below ${expected.join('.')}`;
      return { effect: 'uninjected', ...about, message };
    });
  });
}

function standing(path: Path, kind: string): string {
  if (path.at(-1) === 'labels') return 'is a label';
  return kind === 'Pod' ? 'is no annotation of this Pod' : `is not on the pods of this ${kind}`;
}

/** Where the annotations belong of the pod that is meant: of several, the one in which the wrong place is. */
function nearest(path: Path, parts: readonly PodPart[]): Path | undefined {
  const places = parts.filter(({ isAsSent }) => isAsSent).flatMap(({ annotations }) => annotations.slice(-1));
  const alike = (place: Path): number => place.findIndex((part, index) => part !== path[index]);
  return places.toSorted((a, b) => alike(b) - alike(a))[0];
}

/** Of an object in which there is no pod to be looked at. */
function unseen(object: JsonObject): Pick<Finding, 'effect' | 'message'> {
  const kind = textIn(object, 'kind');
  if (kind === '')
    return {
      effect: 'note',
      message: 'asks for nothing: this is no object of Kubernetes, for it has no kind',
    };
  if (isBuiltIn(object)) {
    const message = `asks for nothing: there is no spec of a pod in this ${kind}`;
    return { effect: makesPods(object) ? 'uninjected' : 'note', message };
  }
  const message = `reaches a pod only if the controller of this ${kind} hands it on, which is not known here; have a look at the annotations of the pods that it makes`;
  return { effect: 'note', message };
}

/** True for the annotations of a pod, which are explained with it. */
const isTaken = (path: Path, parts: readonly PodPart[]): boolean =>
  parts.some(({ annotations }) => annotations.some((one) => one.join('.') === path.join('.')));

interface Asking {
  readonly path: Path;
  readonly keys: readonly string[];
}

/** Fields that select by labels rather than give some, and what an object's status says, which is nobody's wish. */
const OTHERS: readonly string[] = ['matchLabels', 'selector', 'nodeSelector', 'status'];

/** Of a template within a template: no kind goes deeper. */
const DEEPEST = 14;

/** Everything in an object that has a key which asks for an agent, or would have one do something. */
function asking(value: Json, path: Path = []): readonly Asking[] {
  if (path.length > DEEPEST) return [];
  if (isArray(value)) return value.flatMap((item, index) => asking(item, [...path, String(index)]));
  if (!isObject(value)) return [];
  const keys = askingKeys(value);
  if (keys.length > 0) return [{ path, keys }];
  return Object.entries(value)
    .filter(([field]) => !OTHERS.includes(field))
    .flatMap(([field, one]) => asking(one, [...path, field]));
}

function askingKeys(value: JsonObject): readonly string[] {
  if (!Object.keys(value).some((key) => key.includes('/'))) return [];
  const texts = textAnnotations({ metadata: { annotations: value } });
  const optIns = askingOptIns(texts).map(({ key }) => key);
  return optIns.length > 0 ? optIns : idleAnnotations(texts).map(({ key }) => key);
}
