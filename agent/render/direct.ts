import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { encodeText } from '#contract/template/bytes.ts';
import type { Write } from '#contract/write.ts';
import { renderError, RenderError } from './errors.ts';
import { memoryFileSystem } from './file-system.ts';
import type { RenderedFile } from './plan.ts';

/** A file that stands in its volume by itself, beside the set. */
export interface DirectFile extends RenderedFile {
  readonly write: Write;
}

export type DirectPlace = Pick<DirectFile, 'volume' | 'path'>;

/** What a killed agent may have left: the names that begin like this belong to the agent alone. */
const NEXT = '..next-';

/**
 * Makes files that stand by themselves exactly these; what is no longer wanted of them goes. Each is replaced by itself: one
 * by a new file in its place, another by writing into what stands there, of which a reader may see a part.
 *
 * Notes the names of those whose bytes or mode changed.
 *
 * @throws {RenderError} Those before it are new, it and those after it as they were.
 */
export async function writeDirect(
  files: readonly DirectFile[],
  places: readonly DirectPlace[],
  note: (name: string) => void,
): Promise<void> {
  for (const file of files) {
    try {
      if (await writeOne(file)) note(file.name);
    } catch (error) {
      throw renderError(file.volume, error);
    }
  }
  const wanted = new Set(files.map(({ volume, path }) => join(volume, path)));
  for (const place of places.map(({ volume, path }) => join(volume, path)))
    if (!wanted.has(place)) await memoryFileSystem.rm(place, { force: true });
}

/** What stands in a place, if it is a file that can be read. No symbolic link is followed. */
export async function readDirect({ volume, path }: DirectPlace): Promise<Buffer | undefined> {
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
  return await memoryFileSystem.readFile(join(volume, path), { flag }).catch(() => undefined);
}

async function writeOne(file: DirectFile): Promise<boolean> {
  const { volume, path, mode, write } = file;
  const place = join(volume, path);
  const bytes = encodeText(file.content.reveal());
  const before = await readDirect(file);
  const isSame = before?.equals(bytes) === true;
  const hasMode = before !== undefined && ((await memoryFileSystem.lstat(place)).mode & 0o777) === mode;
  if (isSame && hasMode) return false;
  await checkRoom(volume, bytes.length, write === 'in-place' ? (before?.length ?? 0) : 0);
  if (write === 'in-place' && before !== undefined) await overwrite(place, bytes, mode);
  else await replace(volume, place, { bytes, mode });
  return true;
}

/** The file stays the same one, whoever has it open or mounted by its name. */
async function overwrite(place: string, bytes: Uint8Array, mode: number): Promise<void> {
  // Longer ones are cut off by opening: nobody can write and cut in one step.
  await memoryFileSystem.chmod(place, mode | 0o600);
  await memoryFileSystem.writeFile(place, bytes, { flag: 'r+', mode });
  await memoryFileSystem.truncate(place, bytes.length);
  await memoryFileSystem.chmod(place, mode);
}

async function replace(
  volume: string,
  place: string,
  { bytes, mode }: { readonly bytes: Uint8Array; readonly mode: number },
): Promise<void> {
  await removeLeftovers(volume);
  const next = join(volume, `${NEXT}${randomBytes(6).toString('hex')}`);
  await memoryFileSystem.writeFile(next, bytes, { flag: 'wx', mode: 0o600 });
  await memoryFileSystem.chmod(next, mode);
  await memoryFileSystem.rename(next, place);
}

async function removeLeftovers(volume: string): Promise<void> {
  const entries = await memoryFileSystem.readdir(volume, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.name.startsWith(NEXT)))
    await memoryFileSystem.rm(join(volume, name), { force: true });
}

/** Refuses what cannot fit, before anything is written. */
async function checkRoom(volume: string, size: number, present: number): Promise<void> {
  const { bsize, blocks, bavail } = await memoryFileSystem.statfs(volume);
  const needed = Math.ceil(size / bsize) - Math.ceil(present / bsize);
  if (blocks === 0 || needed <= bavail) return;
  const fact = `${needed * bsize} bytes are needed and ${bavail * bsize} are free`;
  throw new RenderError('no_space', `Cannot write to ${volume}: ${fact}: raise the volume's size limit`);
}
