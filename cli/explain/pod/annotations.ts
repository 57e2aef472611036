import { annotationsIn, type JsonObject } from '#contract/json.ts';
import type { Problem } from '#contract/problem.ts';
import type { Place } from '../../../governance/place.ts';
import { DROP_IN, type Family, INFISICAL, NATIVE, OPENBAO } from '../../../injector/annotations/families.ts';
import { OPT_INS } from '../../../injector/annotations/request.ts';
import { meant } from '../words.ts';
import type { PodAnnotation } from './report.ts';

const FAMILIES: readonly Family[] = [DROP_IN, OPENBAO, NATIVE, INFISICAL];

/** What each annotation of ours means that is no finding: of those, enough is said. */
export function understood(
  pod: JsonObject,
  placeOf: (key: string) => Place,
  faulty: ReadonlySet<string>,
): readonly PodAnnotation[] {
  return Object.entries(annotationsIn(pod)).flatMap(([key, value]) => {
    const meaning = faulty.has(key) ? undefined : meaningOf(key);
    return meaning === undefined ? [] : [{ place: placeOf(key), key, value, meaning }];
  });
}

function meaningOf(key: string): string | undefined {
  const family = FAMILIES.find(({ prefix }) => key.startsWith(prefix));
  return family?.find(key.slice(family.prefix.length))?.name.doc;
}

/** Annotations that ask for something of an agent in a pod that says neither that it wants one nor that it does not. */
export function idleAnnotations(annotations: Readonly<Record<string, string>>): readonly Problem[] {
  return OPT_INS.flatMap(({ family, key, statusKey }) => {
    if (key in annotations) return [];
    const meaning = (one: string): boolean =>
      family.find(one.slice(family.prefix.length)) !== undefined || meant(one, [key]) !== '';
    const first = Object.keys(annotations).find(
      (one) => one.startsWith(family.prefix) && one !== statusKey && meaning(one),
    );
    if (first === undefined) return [];
    const message = `is of no use without ${key}: "true", which is not there${meant(first, [key])}`;
    return [{ key: first, message }];
  });
}
