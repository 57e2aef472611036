/** A secret that cannot be written as a file wants it. The message names places and keys, and never holds a value. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

const NAMES = 5;

/** The names of keys for a message: the first few of many. */
export function listKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, NAMES).map((key) => JSON.stringify(key));
  const more = keys.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
