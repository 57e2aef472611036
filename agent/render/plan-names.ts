/**
 * The names inside a volume, laid out as the kubelet lays out its own volumes: the files of one moment stand in a
 * generation directory, `..data` points to the current one, and what readers open points through `..data`.
 *
 *     api-key -> ..data/api-key
 *     db      -> ..data/db
 *     ..data  -> ..generation-4f6b21c09ae3
 *     ..generation-4f6b21c09ae3/{api-key,db/password}
 */

/** The link to the current generation; renaming another link onto it changes the whole set at once. */
export const CURRENT = '..data';

/** The link that is prepared beside `..data` and renamed onto it. */
export const NEXT = '..data_tmp';

const GENERATION = /^\.\.generation-[0-9a-f]{12}$/u;

export const isGenerationName = (name: string): boolean => GENERATION.test(name);

/** @param random Twelve hexadecimal digits. */
export const generationName = (random: string): string => `..generation-${random}`;

/** The name in the volume's own directory through which a path is reached. */
export function visibleName(path: string): string {
  const [first = path] = path.split('/');
  return first;
}

/** Where a visible name points. */
export const linkTarget = (name: string): string => `${CURRENT}/${name}`;
