import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Why a file is not used. Closed, for it stands in the log.
 *
 * - `absent`: there is none, as at the first start
 * - `not_a_file`: a link, a directory or the like stands there
 * - `foreign_owner`: another user wrote it
 * - `too_open`: others may read or write it
 * - `unreadable`: the system refuses it
 */
export type DistrustReason = 'absent' | 'not_a_file' | 'foreign_owner' | 'too_open' | 'unreadable';

export type ReadPrivate =
  | { readonly found: true; readonly text: string }
  | { readonly found: false; readonly reason: DistrustReason };

/** Whoever else could write the file could give the agent a token; whoever could read it could take one. */
const OTHERS_MASK = 0o077;

/** Neither follows a link nor waits for the writer of a pipe. */
const CAREFULLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a file of the agent's own holds, if nobody else could have written it. Never fails. */
export async function readPrivate(path: string): Promise<ReadPrivate> {
  let file: FileHandle;
  try {
    file = await open(path, CAREFULLY);
  } catch (error) {
    return { found: false, reason: openFault(error) };
  }
  try {
    const reason = await distrust(file);
    return reason === undefined
      ? { found: true, text: await file.readFile('utf8') }
      : { found: false, reason };
  } catch {
    return { found: false, reason: 'unreadable' };
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file of the agent's own at once: whenever the process ends, it holds one whole text. One call at a time.
 *
 * @throws {Error} With the system's code (`ENOSPC`, `EROFS`, …) and without content; then the former text stands.
 */
export async function replacePrivate(path: string, text: string): Promise<void> {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Removes such a file, and what a process that was killed may have left of one.
 *
 * @throws {Error} With the system's code.
 */
export async function removePrivate(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(temporaryOf(path), { force: true });
}

const temporaryOf = (path: string): string => `${path}.tmp`;

async function distrust(file: FileHandle): Promise<DistrustReason | undefined> {
  const status = await file.stat();
  if (!status.isFile()) return 'not_a_file';
  if (status.uid !== process.geteuid?.()) return 'foreign_owner';
  return (status.mode & OTHERS_MASK) === 0 ? undefined : 'too_open';
}

function openFault(error: unknown): DistrustReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'absent';
  return code === 'ELOOP' ? 'not_a_file' : 'unreadable';
}
