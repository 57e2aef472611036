import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the kubelet does with a volume of a Secret or a ConfigMap, the first time and after each change: a new hidden
 * directory, a symlink `..data` to it that is replaced by a rename, and lasting symlinks from the names to what is behind
 * `..data`.
 *
 * @param files Their contents by their names.
 */
export async function writeVolume(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  const generation = `..${process.hrtime.bigint()}`;
  await mkdir(join(directory, generation), { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeFile(join(directory, generation, name), content, { mode: 0o644 });
  const data = join(directory, '..data');
  const old = await readlink(data).catch(() => undefined);
  await symlink(generation, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), data);
  for (const name of Object.keys(files))
    await symlink(`..data/${name}`, join(directory, name)).catch((error: unknown) => {
      if (!isPresent(error)) throw error;
    });
  if (old !== undefined) await rm(join(directory, old), { recursive: true });
}

const isPresent = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === 'EEXIST';
