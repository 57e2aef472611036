import { decodeBytes } from '#contract/template/bytes.ts';
import type { Write } from '#contract/write.ts';
import { Secret } from '../secret.ts';
import type { SavedFile } from '../state/saved.ts';
import type { FilePlace, WrittenFile } from '../template/files.ts';
import { memoryFileSystem } from './file-system.ts';
import { inspectVolume } from './inspect.ts';

/** What the files hold that applications see now, by name. Never fails: what cannot be read is left out. */
export async function readStanding(
  files: readonly (FilePlace & { readonly name: string; readonly write?: Write })[],
): Promise<ReadonlyMap<string, Secret<string>>> {
  const contents = new Map<string, Secret<string>>();
  for (const [volume, members] of Map.groupBy(files, (file) => file.volume)) {
    const disk = await inspectVolume(memoryFileSystem, volume).catch(() => undefined);
    for (const { name, path, write } of members) {
      const found = disk?.files.get(path)?.content?.reveal();
      const bytes = write === undefined ? found : await readByItself({ volume, path });
      if (bytes) contents.set(name, new Secret(decodeBytes(bytes)));
    }
  }
  return contents;
}

/** Few pods have a file that is replaced by itself. */
async function readByItself(place: FilePlace): Promise<Buffer | undefined> {
  const { readDirect } = await import('./direct.ts');
  return await readDirect(place);
}

/** What stands where templates wrote files beside their own, by the names of those. */
export async function readWritten(
  files: readonly SavedFile[],
): Promise<ReadonlyMap<string, readonly WrittenFile[]>> {
  const places = files.flatMap(({ written = [] }) => written);
  const standing = await readStanding(places.map((place) => ({ ...place, name: nameOf(place) })));
  const found = files.map(({ name, written = [] }): [string, WrittenFile[]] => [
    name,
    written.flatMap((place) => {
      const content = standing.get(nameOf(place));
      return content ? [{ ...place, content, appends: false }] : [];
    }),
  ]);
  return new Map(found.filter(([, written]) => written.length > 0));
}

const nameOf = ({ volume, path }: FilePlace): string => `${volume}/${path}`;
