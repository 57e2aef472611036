import * as nodeFileSystem from 'node:fs/promises';
import type { FileSpec } from '#contract/agent-config.ts';
import { decodeBytes } from '#contract/template/bytes.ts';
import { Secret } from '../secret.ts';
import { inspectVolume } from './inspect.ts';

/** What the files hold that applications see now, by name. Never fails: what cannot be read is left out. */
export async function readStanding(files: readonly FileSpec[]): Promise<ReadonlyMap<string, Secret<string>>> {
  const contents = new Map<string, Secret<string>>();
  for (const [volume, members] of Map.groupBy(files, (file) => file.volume)) {
    const disk = await inspectVolume(nodeFileSystem, volume).catch(() => undefined);
    for (const { name, path } of members) {
      const bytes = disk?.files.get(path)?.content?.reveal();
      if (bytes) contents.set(name, new Secret(decodeBytes(bytes)));
    }
  }
  return contents;
}
