import { posix } from 'node:path';
import { type JsonObject, textIn } from '#contract/json.ts';

/** True if one of two directories is the other, or inside it. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [onDisk(one), onDisk(other)];
  return contains(first, second) || contains(second, first);
}

/** Where a directory is: in nearly every image `/var/run` is a link, which whoever mounts something follows. */
export const onDisk = (directory: string): string => directory.replace(/^\/var(?=\/run(?:\/|$))/u, '');

/** True for a directory itself and everything below it. */
export function contains(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** Where something is mounted. The kubelet takes any spelling, and a relative path from the root. */
export const placeOf = (mount: JsonObject): string => posix.resolve('/', textIn(mount, 'mountPath'));
