import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Path to content, as an application finds the files: through the visible names. Names without a file are left out. */
export function visibleFiles(volume: string): Record<string, string> {
  return Object.fromEntries(
    [...walk(volume)].map((path) => [path, readFileSync(join(volume, path), 'utf8')]),
  );
}

export const modeOf = (volume: string, path: string): number =>
  lstatSync(realpathSync(join(volume, path))).mode & 0o7777;

/** What stands directly in a volume, with generation directories under one name. */
export function entriesOf(volume: string): string[] {
  return readdirSync(volume)
    .map((name) => (name.startsWith('..generation-') ? '<generation>' : name))
    .toSorted();
}

export const currentOf = (volume: string): string => readlinkSync(join(volume, '..data'));

function* walk(volume: string, below = ''): Generator<string> {
  for (const name of readdirSync(join(volume, below))) {
    if (below === '' && name.startsWith('..')) continue;
    const path = join(below, name);
    const entry = statOrNone(join(volume, path));
    if (entry?.isDirectory()) yield* walk(volume, path);
    else if (entry) yield path;
  }
}

function statOrNone(path: string): ReturnType<typeof lstatSync> {
  try {
    return lstatSync(realpathSync(path));
  } catch {
    return undefined;
  }
}
