import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLUSTER = fileURLToPath(new URL('../cluster', import.meta.url));
const CACHE = join(homedir(), '.cache/sidekey');

/** Everything the build depends on, so that a changed version of Kubernetes is another directory. */
async function fingerprint(): Promise<string> {
  const sources = (await readdir(join(CLUSTER, 'kube'))).toSorted().map((name) => join('kube', name));
  const hash = createHash('sha256');
  for (const source of [...sources, 'build.sh']) {
    hash.update(`${source}\0`).update(await readFile(join(CLUSTER, source)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Where the cluster's binaries are, or will be once built. */
async function binariesDirectory(): Promise<string> {
  return join(CACHE, `kube-${await fingerprint()}`);
}

function build(directory: string): Promise<void> {
  const child = spawn('nice', ['-n', '10', join(CLUSTER, 'build.sh')], {
    env: { ...process.env, CLUSTER_BIN: directory },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Cannot build the test cluster: build.sh exited with ${code}; it needs Go 1.26`));
    });
  });
}

/**
 * The directory with kubectl, kube-apiserver and the rest, for `CLUSTER_BIN`. Builds them (some six minutes from empty
 * caches) the first time; the directory appears whole or not at all, so that two runs may build at once.
 *
 * @throws {Error} If the build fails.
 */
export async function clusterBinaries(): Promise<string> {
  const directory = await binariesDirectory();
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await build(unfinished);
    await rename(unfinished, directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}
