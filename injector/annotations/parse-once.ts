import { createRecent, type Recent } from '../recent.ts';
import type { OperatorDefaults } from './operator.ts';
import { parseAnnotations, type ReadAnnotations } from './parse.ts';
import type { Annotations } from './request.ts';

/** Templates of pods that are under way at one time. */
const MOST = 256;
/** Longer ones, with templates in them, are rare, and would fill the memory. */
const LONGEST = 8192;

const known = new WeakMap<OperatorDefaults, Recent<ReadAnnotations>>();

/**
 * The same as `parseAnnotations`, which says the same of the same annotations, and takes a quarter of a decision: pods come in
 * hundreds of one template. The last few templates are remembered, as long as the defaults are the same object.
 */
export function parseOnce(annotations: Annotations, defaults: OperatorDefaults): ReadAnnotations {
  const key = JSON.stringify(annotations);
  if (key.length > LONGEST) return parseAnnotations(annotations, defaults);
  const remembered = known.get(defaults) ?? createRecent<ReadAnnotations>(MOST);
  known.set(defaults, remembered);
  const before = remembered.get(key);
  if (before !== undefined) return before;
  const read = parseAnnotations(annotations, defaults);
  remembered.set(key, read);
  return read;
}
