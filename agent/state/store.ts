import { join } from 'node:path';
import { isOtherVersion, parseState, serialiseState } from './format.ts';
import { type DistrustReason, readPrivate, removePrivate, replacePrivate } from './private-file.ts';
import type { SavedState } from './saved.ts';

/**
 * Why nothing was resumed. Closed, for it stands in the log.
 *
 * - `other_version`: another release of the agent wrote it
 * - `corrupt`: it is not what this agent writes
 */
export type IgnoredReason = DistrustReason | 'other_version' | 'corrupt';

export type Loaded =
  | { readonly found: true; readonly state: SavedState }
  | { readonly found: false; readonly reason: IgnoredReason };

const fileIn = (directory: string): string => join(directory, 'state.json');

/** What an earlier process of this agent saved in the directory. Never fails: a state that is no good is ignored. */
export function loadState(directory: string): Loaded {
  const read = readPrivate(fileIn(directory));
  if (!read.found) return read;
  const result = parseState(read.text);
  if (result.ok) return { found: true, state: result.value };
  return { found: false, reason: isOtherVersion(read.text) ? 'other_version' : 'corrupt' };
}

/**
 * Replaces the saved state at once: whenever the process ends, the file holds one whole state.
 * It is not synced to disk: the directory is memory, and a state lost with the machine costs one login.
 *
 * Where that fails, the former state is given up, and it is tried once more: its space may be what is missing, and an old
 * state would take the files back to values that have been replaced since.
 *
 * @throws {Error} With the system's code (`ENOSPC`, `EROFS`, …) and without content; then there is no state.
 */
export function saveState(directory: string, state: SavedState): void {
  const text = serialiseState(state);
  try {
    replacePrivate(fileIn(directory), text);
  } catch {
    giveUpState(directory);
    replacePrivate(fileIn(directory), text);
  }
}

function giveUpState(directory: string): void {
  try {
    removeState(directory);
  } catch {
    // What stands in the way is told by the second try to save.
  }
}

/**
 * Removes the saved state, for a session that is over.
 *
 * @throws {Error} With the system's code.
 */
export function removeState(directory: string): void {
  removePrivate(fileIn(directory));
}
