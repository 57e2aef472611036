import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtOnce } from './built-once.ts';

const MODULE = fileURLToPath(new URL('../kyverno', import.meta.url));
const GO_BUILD = ['go', 'build', '-mod=readonly', '-trimpath', '-ldflags', '-s -w', '-o'];
const COMMAND = 'github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno';

/**
 * Kyverno's command line. Builds it (some eight minutes from empty caches, 265 MB) the first time.
 *
 * @throws {Error} If the build fails.
 */
export async function kyvernoBinary(): Promise<string> {
  const directory = await builtOnce({
    what: "Kyverno's command line",
    name: 'kyverno',
    root: MODULE,
    sources: ['go.mod', 'go.sum', 'tools.go'],
    command: (target) => ({
      words: [...GO_BUILD, join(target, 'kyverno'), COMMAND],
      environment: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    }),
  });
  return join(directory, 'kyverno');
}
