import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtOnce } from './built-once.ts';

const MODULE = fileURLToPath(new URL('../kyverno', import.meta.url));
const GO_BUILD = ['go', 'build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o'];

/**
 * Kyverno's command line, which can put whole admission requests as well. Builds it (some eight minutes from empty caches,
 * 265 MB) the first time.
 *
 * @throws {Error} If the build fails.
 */
export async function kyvernoBinary(): Promise<string> {
  const directory = await builtOnce({
    what: "Kyverno's command line",
    name: 'kyverno',
    root: MODULE,
    sources: (await readdir(MODULE)).toSorted(),
    command: (target) => ({
      words: [...GO_BUILD, join(target, 'kyverno'), '.'],
      environment: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    }),
  });
  return join(directory, 'kyverno');
}
