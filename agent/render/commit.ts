import { join } from 'node:path';
import { RenderError, renderError, volumeError } from './errors.ts';
import { type FileSystem, memoryFileSystem } from './file-system.ts';
import { writeGeneration } from './generation.ts';
import { inspectVolume } from './inspect.ts';
import { CURRENT, linkTarget, NEXT } from './plan-names.ts';
import { checkSpace } from './space.ts';
import { leftovers, planVolume, type RenderedFile, type VolumePlan } from './plan.ts';

/** What a commit did. */
export interface Commit {
  /** Names of the files whose bytes or mode changed; all of them at the first commit. */
  readonly changed: readonly string[];
}

interface CommitOptions {
  /** Where nothing is to stand but the files, be it none; those of the files in any case. */
  readonly volumes?: readonly string[];
  readonly fileSystem?: FileSystem;
}

/**
 * Makes the files of every volume exactly these. A volume changes as a whole by one rename, volumes one after another; a
 * volume that is already as wanted is not touched. Volumes that are not named are not looked at.
 *
 * Every volume's new generation is complete before the first is swapped in, and the old ones are removed after the last.
 * If the process is killed in between, each volume holds a whole set, and the next commit removes what is left over.
 * One commit at a time: two at once would take each other's work for leftovers.
 *
 * @throws {RenderError} The old set stands in every volume.
 */
export async function commit(
  files: readonly RenderedFile[],
  { volumes = [], fileSystem: fs = memoryFileSystem }: CommitOptions = {},
): Promise<Commit> {
  const plans: VolumePlan[] = [];
  const wanted = Map.groupBy(files, (file) => file.volume);
  for (const volume of new Set([...wanted.keys(), ...volumes]))
    plans.push(await planAt(fs, volume, wanted.get(volume) ?? []));
  await swapAll(fs, plans);
  for (const { volume, generation } of plans) if (generation) await tidy(fs, volume).catch(() => undefined);
  return { changed: plans.flatMap(({ generation }) => generation?.written.map(({ name }) => name) ?? []) };
}

async function planAt(fs: FileSystem, volume: string, wanted: readonly RenderedFile[]): Promise<VolumePlan> {
  const disk = await inspectVolume(fs, volume).catch((error: unknown) => {
    throw volumeError(volume, error);
  });
  const plan = planVolume(volume, wanted, disk);
  if (plan.occupied.length === 0) return plan;
  const names = plan.occupied.map((name) => `"${name}"`).join(', ');
  throw new RenderError(
    'occupied',
    `Cannot write to ${volume}: ${names} is there and is not the agent's: remove it or choose another name or directory`,
  );
}

async function swapAll(fs: FileSystem, plans: readonly VolumePlan[]): Promise<void> {
  let at = '';
  try {
    for (const plan of plans) {
      at = plan.volume;
      await prepare(fs, plan);
    }
    for (const { volume, generation } of plans) {
      at = volume;
      if (generation) await fs.rename(join(volume, NEXT), join(volume, CURRENT));
    }
  } catch (error) {
    for (const plan of plans.toReversed()) await restore(fs, plan);
    throw renderError(at, error);
  }
}

/** Everything short of the swap. A new name shows nothing before it, and its file at once after it. */
async function prepare(fs: FileSystem, plan: VolumePlan): Promise<void> {
  const { volume, current, generation, links } = plan;
  await remove(fs, volume, plan.leftovers);
  if (generation) await checkSpace(fs, volume, generation, links.length + 1);
  const name = generation && (await writeGeneration(fs, volume, current, generation));
  for (const link of links) await fs.symlink(linkTarget(link), join(volume, link));
  if (name !== undefined) await fs.symlink(name, join(volume, NEXT));
}

/** Goes back to the old set after a failure, as far as the system lets us. */
async function restore(fs: FileSystem, { volume, current }: VolumePlan): Promise<void> {
  const link = join(volume, CURRENT);
  const next = join(volume, NEXT);
  try {
    await fs.rm(next, { force: true });
    if (current === undefined) {
      await fs.rm(link, { force: true });
    } else if ((await fs.readlink(link)) !== current) {
      await fs.symlink(current, next);
      await fs.rename(next, link);
    }
    await tidy(fs, volume);
  } catch {
    // The error that led here is the one to report; the next commit tidies.
  }
}

/** Removes what the current generation does not need. */
async function tidy(fs: FileSystem, volume: string): Promise<void> {
  await remove(fs, volume, leftovers(await inspectVolume(fs, volume)));
}

/** What cannot be removed costs only its space, and is tried again at the next commit. */
async function remove(fs: FileSystem, volume: string, names: readonly string[]): Promise<void> {
  for (const name of names)
    await fs.rm(join(volume, name), { recursive: true, force: true }).catch(() => undefined);
}
