import { join } from 'node:path';
import type { Keepsake } from '../provider/keepsake.ts';

/**
 * A text beside the saved state, and apart from it: it is written at once, and outlasts every session. Few agents have one:
 * what it takes is loaded when it is first used.
 */
export function createKeepsake(directory: string): Keepsake {
  const path = join(directory, 'keepsake');
  return {
    async load() {
      const { readPrivate } = await import('./private-file.ts');
      const read = readPrivate(path);
      return read.found ? read.text : undefined;
    },
    async save(text) {
      const { replacePrivate } = await import('./private-file.ts');
      replacePrivate(path, text);
    },
  };
}
