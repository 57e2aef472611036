import { constants, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../secret.ts';
import type { FileSystem } from './file-system.ts';
import { currentGeneration, type Entry, type FileOnDisk, type VolumeOnDisk } from './plan.ts';

/** Looks at a volume. No symbolic link is followed below it. */
export async function inspectVolume(fs: FileSystem, volume: string): Promise<VolumeOnDisk> {
  const found = await fs.readdir(volume, { withFileTypes: true });
  const entries = await Promise.all(found.map((entry) => inspectEntry(fs, volume, entry)));
  const current = currentGeneration(entries);
  const files = new Map<string, FileOnDisk>();
  if (current !== undefined) await inspectDirectory(fs, join(volume, current), '', files);
  return { entries, current, files };
}

async function inspectEntry(fs: FileSystem, volume: string, entry: Dirent): Promise<Entry> {
  const target = entry.isSymbolicLink() ? await fs.readlink(join(volume, entry.name)) : undefined;
  return { name: entry.name, target, isDirectory: entry.isDirectory() };
}

async function inspectDirectory(
  fs: FileSystem,
  root: string,
  below: string,
  files: Map<string, FileOnDisk>,
): Promise<void> {
  for (const entry of await fs.readdir(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) await inspectDirectory(fs, root, path, files);
    else files.set(path, await inspectFile(fs, join(root, path), entry));
  }
}

async function inspectFile(fs: FileSystem, path: string, entry: Dirent): Promise<FileOnDisk> {
  const { mode } = await fs.lstat(path);
  if (!entry.isFile()) return { mode: mode & 0o7777, content: undefined };
  const content = await fs
    .readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW })
    .catch(() => undefined);
  return { mode: mode & 0o7777, content: content && new Secret(content) };
}
