import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

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
export function readPrivate(path: string): ReadPrivate {
  let file: number;
  try {
    file = openSync(path, CAREFULLY);
  } catch (error) {
    return { found: false, reason: openFault(error) };
  }
  try {
    const reason = distrust(file);
    return reason === undefined
      ? { found: true, text: readFileSync(file, 'utf8') }
      : { found: false, reason };
  } catch {
    return { found: false, reason: 'unreadable' };
  } finally {
    closeSync(file);
  }
}

/**
 * Replaces a file of the agent's own at once: whenever the process ends, it holds one whole text. Its directory is memory.
 *
 * @throws {Error} With the system's code (`ENOSPC`, `EROFS`, …) and without content; then the former text stands.
 */
export function replacePrivate(path: string, text: string): void {
  const temporary = temporaryOf(path);
  rmSync(temporary, { force: true });
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Removes such a file, and what a process that was killed may have left of one.
 *
 * @throws {Error} With the system's code.
 */
export function removePrivate(path: string): void {
  rmSync(path, { force: true });
  rmSync(temporaryOf(path), { force: true });
}

const temporaryOf = (path: string): string => `${path}.tmp`;

function distrust(file: number): DistrustReason | undefined {
  const status = fstatSync(file);
  if (!status.isFile()) return 'not_a_file';
  if (status.uid !== process.geteuid?.()) return 'foreign_owner';
  return (status.mode & OTHERS_MASK) === 0 ? undefined : 'too_open';
}

function openFault(error: unknown): DistrustReason {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'absent';
  return code === 'ELOOP' ? 'not_a_file' : 'unreadable';
}
