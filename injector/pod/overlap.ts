/** True if one of two directories is the other, or inside it. */
export function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** True for a directory itself and everything below it. */
export function contains(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
