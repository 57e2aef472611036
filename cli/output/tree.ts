import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { containedPath } from '#contract/path.ts';
import { type Parsed, parsed, rejected } from '#contract/problem.ts';
import { faultCode } from '#platform/connection-fault.ts';

/** A file below a directory. */
export interface TreeFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** In every directory that we made: what made it, and which files in it are ours. */
export const MARKER = '.sidekey';

/**
 * Makes a directory hold these files and nothing else, all at once: they are written beside it, and take its place when all
 * are there. What others made, or put a file into, is left alone; and if anything fails, so is what there was.
 *
 * @param maker What makes such directories, to tell them from those of another command.
 * @returns The files of the old directory that are not in the new one.
 */
export function writeTree(
  directory: string,
  files: readonly TreeFile[],
  maker: string,
): Parsed<readonly string[]> {
  try {
    const place = placeOf(directory);
    const old = place.exists ? oursIn(place.path, maker) : { files: [] };
    if ('refusal' in old) return rejected([{ key: directory, message: old.refusal }]);
    exchange(place, [...files, markerOf(files, maker)]);
    const kept = new Set(files.map(({ path }) => path));
    return parsed(old.files.filter((path) => !kept.has(path)));
  } catch (error) {
    return rejected([{ key: directory, message: `cannot be written: ${explain(error)}` }]);
  }
}

interface Place {
  readonly path: string;
  readonly exists: boolean;
}

/** Behind a link, what it leads to: that is replaced, not the link. */
function placeOf(directory: string): Place {
  const path = resolve(directory);
  const exists = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  return { path: exists ? realpathSync(path) : path, exists };
}

type Ours = { readonly files: readonly string[] } | { readonly refusal: string };

/** The files of a directory that may be replaced, or why it may not. */
function oursIn(directory: string, maker: string): Ours {
  if (!lstatSync(directory).isDirectory()) return { refusal: 'is a file; name a directory' };
  if (!relative(directory, resolve('.')).startsWith('..'))
    return { refusal: 'is where you are, and is replaced as a whole; name a directory within it' };
  const there = filesIn(directory);
  if (there.length === 0) return { files: [] };
  const [made, ...files] = there.includes(MARKER) ? linesOf(join(directory, MARKER)) : [];
  if (made !== undefined && made !== maker)
    return { refusal: `was written by ${made}, and is replaced as a whole; name another directory` };
  const foreign = there.find((path) => path !== MARKER && !files.includes(path));
  if (foreign === undefined) return { files };
  return {
    refusal: `holds ${foreign}, which ${maker} did not write, and is replaced as a whole; name another directory, or move that elsewhere`,
  };
}

/** Relative, with slashes; of a link, the link. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)).split(sep).join('/'))
    .toSorted();
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const markerOf = (files: readonly TreeFile[], maker: string): TreeFile => ({
  path: MARKER,
  text: [maker, ...files.map(({ path }) => path).toSorted(), ''].join('\n'),
});

function exchange({ path, exists }: Place, files: readonly TreeFile[]): void {
  const parent = dirname(path);
  const firstMade = mkdirSync(parent, { recursive: true });
  const beside = mkdtempSync(join(parent, `.${basename(path)}.sidekey-`));
  const [fresh, old] = [join(beside, 'new'), join(beside, 'old')];
  try {
    mkdirSync(fresh);
    for (const file of files) writeInto(fresh, file);
    if (exists) renameSync(path, old);
    try {
      renameSync(fresh, path);
    } catch (error) {
      if (exists) renameSync(old, path);
      throw error;
    }
  } catch (error) {
    rmSync(firstMade ?? beside, { recursive: true, force: true });
    throw error;
  }
  rmSync(beside, { recursive: true, force: true });
}

function writeInto(directory: string, { path, text }: TreeFile): void {
  if (containedPath(path) !== path) throw new Error(`Cannot write ${path}: it leads out of the directory`);
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['EBUSY', 'it is where something is mounted, and is replaced as a whole; name a directory within it'],
  ['EXDEV', 'it is where something is mounted, and is replaced as a whole; name a directory within it'],
  ['ENOSPC', 'there is no space left'],
  ['ENOTDIR', 'what it is to be in is a file'],
]);

/** @throws {unknown} The error itself, if it is a fault of ours. */
function explain(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const code = faultCode(error);
  return MEANINGS.get(code) ?? code;
}
