import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOtherVersion, parseState, serialiseState } from './format.ts';
import type { SavedState } from './saved.ts';

/**
 * Why nothing was resumed. Closed, for it stands in the log.
 *
 * - `absent`: there is none, as at the first start
 * - `not_a_file`: a link, a directory or the like stands there
 * - `foreign_owner`: another user wrote it
 * - `too_open`: others may read or write it
 * - `other_version`: another release of the agent wrote it
 * - `corrupt`: it is not what this agent writes
 * - `unreadable`: the system refuses it
 */
export type IgnoredReason =
  | 'absent'
  | 'not_a_file'
  | 'foreign_owner'
  | 'too_open'
  | 'other_version'
  | 'corrupt'
  | 'unreadable';

export type Loaded =
  | { readonly found: true; readonly state: SavedState }
  | { readonly found: false; readonly reason: IgnoredReason };

const FILE = 'state.json';
const TEMPORARY_FILE = 'state.json.tmp';

/** Whoever else could write the file could give the agent a token; whoever could read it could take one. */
const OTHERS_MASK = 0o077;

/** Neither follows a link nor waits for the writer of a pipe. */
const CAREFULLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What an earlier process of this agent saved in the directory. Never fails: a state that is no good is ignored. */
export async function loadState(directory: string): Promise<Loaded> {
  let file: FileHandle;
  try {
    file = await open(join(directory, FILE), CAREFULLY);
  } catch (error) {
    return ignored(openFault(error));
  }
  try {
    const fault = await distrust(file);
    return fault === undefined ? decode(await file.readFile('utf8')) : ignored(fault);
  } catch {
    return ignored('unreadable');
  } finally {
    await file.close();
  }
}

/**
 * Replaces the saved state at once: whenever the process ends, the file holds one whole state. One call at a time.
 * It is not synced to disk: the directory is memory, and a state lost with the machine costs one login.
 *
 * Where that fails, the former state is given up, and it is tried once more: its space may be what is missing, and an old
 * state would take the files back to values that have been replaced since.
 *
 * @throws {Error} With the system's code (`ENOSPC`, `EROFS`, …) and without content; then there is no state.
 */
export async function saveState(directory: string, state: SavedState): Promise<void> {
  const text = serialiseState(state);
  try {
    await replaceState(directory, text);
  } catch {
    await removeState(directory).catch(() => undefined);
    await replaceState(directory, text);
  }
}

async function replaceState(directory: string, text: string): Promise<void> {
  const temporary = join(directory, TEMPORARY_FILE);
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600 });
    await rename(temporary, join(directory, FILE));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Removes the saved state, for a session that is over.
 *
 * @throws {Error} With the system's code.
 */
export async function removeState(directory: string): Promise<void> {
  await rm(join(directory, FILE), { force: true });
  await rm(join(directory, TEMPORARY_FILE), { force: true });
}

async function distrust(file: FileHandle): Promise<IgnoredReason | undefined> {
  const status = await file.stat();
  if (!status.isFile()) return 'not_a_file';
  if (status.uid !== process.geteuid?.()) return 'foreign_owner';
  return (status.mode & OTHERS_MASK) === 0 ? undefined : 'too_open';
}

function decode(text: string): Loaded {
  const result = parseState(text);
  if (result.ok) return { found: true, state: result.value };
  return ignored(isOtherVersion(text) ? 'other_version' : 'corrupt');
}

const ignored = (reason: IgnoredReason): Loaded => ({ found: false, reason });

function openFault(error: unknown): IgnoredReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'absent';
  return code === 'ELOOP' ? 'not_a_file' : 'unreadable';
}
