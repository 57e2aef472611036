import { encodeText } from '#contract/template/bytes.ts';
import type { Write } from '#contract/write.ts';
import type { Secret } from '../secret.ts';
import { CURRENT, isGenerationName, linkTarget, NEXT, visibleName } from './plan-names.ts';

/** One file as it shall stand in its volume. */
export interface RenderedFile {
  /** Names the file in messages and metrics. */
  readonly name: string;
  /** The directory that is swapped as one; absolute. */
  readonly volume: string;
  /** Below the volume, contained (`containedPath`). */
  readonly path: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  /** Absent for a file of the set, which is replaced as a whole. */
  readonly write?: Write;
  /** Bytes that are not UTF-8 are escaped in it, as templates give it (`encodeText`). */
  readonly content: Secret<string>;
}

/** A file of the current generation. What could not be read, or is no regular file, has no content. */
export interface FileOnDisk {
  readonly mode: number;
  readonly content: Secret<Buffer> | undefined;
}

/** Something that stands directly in a volume. */
export interface Entry {
  readonly name: string;
  /** Of a symbolic link. */
  readonly target: string | undefined;
  readonly isDirectory: boolean;
}

/** What was found in a volume. */
export interface VolumeOnDisk {
  readonly entries: readonly Entry[];
  /** The generation that readers see, if there is one. */
  readonly current: string | undefined;
  /** Its files by path. */
  readonly files: ReadonlyMap<string, FileOnDisk>;
}

/** A generation to make: always the whole set. */
export interface GenerationPlan {
  readonly written: readonly RenderedFile[];
  /** The same bytes and mode as in the current generation. */
  readonly carried: readonly RenderedFile[];
}

/** What has to be done to one volume. */
export interface VolumePlan {
  readonly volume: string;
  readonly current: string | undefined;
  /** Names that the files need and that something foreign holds: nothing may be done while there are any. */
  readonly occupied: readonly string[];
  /** Undefined if the current generation is the wanted one, to the bit. */
  readonly generation: GenerationPlan | undefined;
  /** Visible names to make. */
  readonly links: readonly string[];
  /** Names to remove before anything else. */
  readonly leftovers: readonly string[];
}

/** Compares the wanted files of one volume with what is there. */
export function planVolume(volume: string, wanted: readonly RenderedFile[], disk: VolumeOnDisk): VolumePlan {
  const { current, files } = disk;
  const written = wanted.filter((file) => !isSame(file, files.get(file.path)));
  const carried = wanted.filter((file) => !written.includes(file));
  const asWanted = current !== undefined && written.length === 0 && files.size === wanted.length;
  const removed = leftovers(disk);
  const standing = disk.entries.filter(({ name }) => !removed.includes(name));
  const names = new Set(wanted.map(({ path }) => visibleName(path)));
  return {
    volume,
    current,
    occupied: standing.filter((entry) => isForeign(entry, names)).map(({ name }) => name),
    generation: asWanted ? undefined : { written, carried },
    links: [...names].filter((name) => !standing.some((entry) => entry.name === name)),
    leftovers: removed,
  };
}

/** Names of ours that the current generation does not need: left by a replaced generation or an interrupted commit. */
export function leftovers({ entries, current, files }: VolumeOnDisk): string[] {
  const needed = new Set([...files.keys()].map(visibleName));
  const isLeftover = (entry: Entry): boolean => {
    if (isGenerationName(entry.name)) return entry.name !== current;
    if (entry.name === NEXT) return isCurrentLink(entry);
    return isVisibleLink(entry) && !needed.has(entry.name);
  };
  return entries.filter(isLeftover).map(({ name }) => name);
}

/** The generation that `..data` names, if it is a directory of ours. */
export function currentGeneration(entries: readonly Entry[]): string | undefined {
  const target = entries.find(({ name }) => name === CURRENT)?.target;
  if (target === undefined || !isGenerationName(target)) return undefined;
  return entries.some(({ name, isDirectory }) => name === target && isDirectory) ? target : undefined;
}

function isSame({ content, mode }: RenderedFile, found: FileOnDisk | undefined): boolean {
  if (found?.content === undefined || found.mode !== mode) return false;
  return found.content.reveal().equals(encodeText(content.reveal()));
}

/** True if an entry takes a name that the files need. Anything else of the user's may stand in the volume. */
function isForeign(entry: Entry, names: ReadonlySet<string>): boolean {
  if (entry.name === CURRENT || entry.name === NEXT) return !isCurrentLink(entry);
  return names.has(entry.name) && !isVisibleLink(entry);
}

function isVisibleLink({ name, target }: Entry): boolean {
  return target === linkTarget(name);
}

function isCurrentLink({ target }: Entry): boolean {
  return target !== undefined && isGenerationName(target);
}
