/** A path inside a volume: relative, slash-separated, no way out. */
export const RELATIVE_PATH_FORM =
  'a relative path inside the volume, such as "api-key" or "db/password", whose parts do not begin with ".."';

/**
 * The normalised form of a relative path below a volume, or undefined if it leaves the volume, is empty, or has a part
 * beginning with `..` (the names that an atomic volume keeps for itself, as the kubelet's own volumes do).
 */
export function containedPath(text: string): string | undefined {
  if (text.includes('\0')) return undefined;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.some((part) => part.startsWith('..'))) return undefined;
  return parts.every((part) => Buffer.byteLength(part) <= 255) ? parts.join('/') : undefined;
}

/** True for a normalised absolute path other than the root: no `.`/`..`/empty parts, no trailing slash. */
export function isAbsoluteDirectory(text: string): boolean {
  // Not by a pattern, which would cost the start of an agent two milliseconds.
  const [root, ...parts] = text.split('/');
  if (root !== '' || parts.length === 0 || text.includes('\0') || text.includes(':')) return false;
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
