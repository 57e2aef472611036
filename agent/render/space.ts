import { byteLength } from '#contract/template/bytes.ts';
import { RenderError } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { directoriesOf } from './generation.ts';
import type { GenerationPlan } from './plan.ts';

/**
 * Refuses a generation that cannot fit before it takes the space of others. Memory is counted in whole pages, and tmpfs
 * counts an inode for every directory, link and hard link. What is free now may be gone later: writing may still fail.
 *
 * @param links How many symbolic links are to be made beside the generation.
 * @throws {RenderError} `no_space`
 */
export async function checkSpace(
  fs: FileSystem,
  volume: string,
  { written, carried }: GenerationPlan,
  links: number,
): Promise<void> {
  const { bsize, blocks, bavail, files, ffree } = await fs.statfs(volume);
  const neededBlocks = written
    .map(({ content }) => Math.ceil(byteLength(content.reveal()) / bsize))
    .reduce((sum, count) => sum + count, 0);
  const neededInodes =
    directoriesOf([...written, ...carried]).length + written.length + carried.length + links;
  // A file system that reports none at all has no limit: tmpfs with size=0 or nr_inodes=0.
  if (blocks > 0 && neededBlocks > bavail)
    throw noSpace(volume, `${neededBlocks * bsize} bytes are needed and ${bavail * bsize} are free`);
  if (files > 0 && neededInodes > ffree)
    throw noSpace(volume, `${neededInodes} inodes are needed and ${ffree} are free`);
}

function noSpace(volume: string, fact: string): RenderError {
  return new RenderError('no_space', `Cannot write to ${volume}: ${fact}: raise the volume's size limit`);
}
