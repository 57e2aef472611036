import type { Json } from '#contract/json.ts';

/** Where in an object something is: fields by name, items of a list by position. */
export type Path = readonly (string | number)[];

/**
 * One way in which what there is differs from what was declared.
 *
 * - `missing`: declared, and not there
 * - `extra`: there, where everything is declared, and not declared
 * - `changed`: there, and another one
 */
export type Difference =
  | { readonly kind: 'missing'; readonly path: Path; readonly want: Json }
  | { readonly kind: 'extra'; readonly path: Path; readonly have: Json }
  | { readonly kind: 'changed'; readonly path: Path; readonly want: Json; readonly have: Json };

/** A path as people write it: `spec.hard[requests.nvidia.com/gpu]`, `rules[0].verbs`. */
export const describePath = (path: Path): string =>
  path.map((part, index) => describePart(part, index === 0)).join('');

function describePart(part: string | number, isFirst: boolean): string {
  if (typeof part === 'number' || !/^[\w-]+$/u.test(part)) return `[${part}]`;
  return isFirst ? part : `.${part}`;
}
