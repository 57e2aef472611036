import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { encodeText } from '#contract/template/bytes.ts';
import type { FileSystem } from './file-system.ts';
import { generationName } from './plan-names.ts';
import type { GenerationPlan, RenderedFile } from './plan.ts';

/**
 * Writes a whole generation beside the current one and returns its name. Nobody reads it yet.
 *
 * Nothing is synced to disk: a secrets volume is memory, and wherever it is not, the next commit compares the bytes and
 * mends what a crash of the machine lost.
 */
export async function writeGeneration(
  fs: FileSystem,
  volume: string,
  current: string | undefined,
  { written, carried }: GenerationPlan,
): Promise<string> {
  const name = generationName(randomBytes(6).toString('hex'));
  const root = join(volume, name);
  for (const directory of directoriesOf([...written, ...carried]))
    await makeDirectory(fs, join(root, directory));
  for (const file of written) await writeFile(fs, join(root, file.path), file);
  for (const file of carried) await carry(fs, join(volume, current ?? ''), root, file);
  return name;
}

/** Every directory that a set of files needs, parents first; the first is the generation's own. */
export function directoriesOf(files: readonly RenderedFile[]): string[] {
  const directories = new Set(['.']);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, index) => directories.add(parts.slice(0, index + 1).join('/')));
  }
  return [...directories];
}

const DIRECTORY_MODE = 0o755;
const SET_GID = 0o2000;

/**
 * The directory's mode whatever the umask. The set-group-ID bit that it may have inherited (a pod with `fsGroup`) stays,
 * for through it the files get the pod's group; `chmod` is avoided where it can be, since it drops that bit for a process
 * outside the group.
 */
async function makeDirectory(fs: FileSystem, path: string): Promise<void> {
  await fs.mkdir(path, { mode: DIRECTORY_MODE });
  const { mode } = await fs.lstat(path);
  if ((mode & 0o777) !== DIRECTORY_MODE) await fs.chmod(path, DIRECTORY_MODE | (mode & SET_GID));
}

async function writeFile(fs: FileSystem, path: string, { content, mode }: RenderedFile): Promise<void> {
  await fs.writeFile(path, encodeText(content.reveal()), { flag: 'wx', mode: 0o600 });
  await fs.chmod(path, mode);
}

/**
 * Takes a file over as a hard link: no memory, and its modification time tells the truth. A file of another user cannot
 * be linked (`fs.protected_hardlinks`) and is written instead.
 */
async function carry(fs: FileSystem, from: string, to: string, file: RenderedFile): Promise<void> {
  const path = join(to, file.path);
  await fs.link(join(from, file.path), path).catch(() => writeFile(fs, path, file));
}
