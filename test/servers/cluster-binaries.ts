import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtOnce } from './built-once.ts';

const CLUSTER = fileURLToPath(new URL('../cluster', import.meta.url));

/**
 * The directory with kubectl, kube-apiserver and the rest, for `CLUSTER_BIN`. Builds them (some six minutes from empty
 * caches) the first time.
 *
 * @throws {Error} If the build fails.
 */
export async function clusterBinaries(): Promise<string> {
  const kube = (await readdir(join(CLUSTER, 'kube'))).toSorted().map((name) => join('kube', name));
  return await builtOnce({
    what: 'the test cluster',
    name: 'kube',
    root: CLUSTER,
    sources: [...kube, 'build.sh'],
    command: (directory) => ({
      words: [join(CLUSTER, 'build.sh')],
      environment: { CLUSTER_BIN: directory },
    }),
  });
}
