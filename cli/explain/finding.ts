import type { Place } from '../../governance/place.ts';

/**
 * What a finding comes to.
 *
 * - `refused`: the API server does not take the object
 * - `denied`: it does not take the pod, for the injector cannot do what its annotations ask for
 * - `unsynced`: it takes it, and the sync cannot do what it asks for
 * - `uninjected`: it takes it, and there is no agent in it, although it asks for one
 * - `note`: worth knowing, and no obstacle
 */
export type Effect = 'refused' | 'denied' | 'unsynced' | 'uninjected' | 'note';

/** One thing to say of an input. Never holds a value of a Secret. */
export interface Finding {
  readonly effect: Effect;
  readonly place: Place;
  /** The dotted path of a field, or the key of an annotation. */
  readonly subject: string;
  readonly message: string;
}

/** A finding before it is known where in the file it is. */
export interface Flaw {
  /** From the object's root. It need not lead to the end: what is missing is where it would belong. */
  readonly path: readonly string[];
  readonly message: string;
}

/** A path as people write it; an annotation by its key alone. */
export function describePath(path: readonly string[]): string {
  const [, field, annotation] = path;
  if (field === 'annotations' && annotation !== undefined) return annotation;
  return path.map((part, index) => describePart(part, index === 0)).join('');
}

const describePart = (part: string, isFirst: boolean): string => {
  if (/^\d+$/u.test(part)) return `[${part}]`;
  if (!/^[\w-]+$/u.test(part)) return `[${JSON.stringify(part)}]`;
  return isFirst ? part : `.${part}`;
};
