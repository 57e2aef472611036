import { constants, closeSync, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { AgentConfig } from '#contract/agent-config.ts';
import { TOKEN_DIRECTORY } from '#contract/layout.ts';
import { decodeBytes } from '#contract/template/bytes.ts';
import type { Clock } from '#platform/clock.ts';
import { Fault } from './template/error.ts';

/** The files of the agent's container, as far as templates may see them. */
export interface LocalFiles {
  /** The text of a file, bytes that are not UTF-8 escaped. Throws `Fault`, whose message names no path, for it may be secret. */
  read(path: string): string;
  /** True if a file is not what it was when it was read last. */
  changed(): boolean;
}

/** What a template renders has to fit into a small volume. */
const MOST_BYTES = 1024 * 1024;

/** Neither waits for the writer of a pipe, nor follows a link that has come since the path was looked at. */
const CAREFULLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Through these, the agent's own memory and tokens could be seen. */
const SYSTEM = ['/proc', '/sys', '/dev'];

/** Everything but what the agent logs in with, its state, and the system's own files. */
export function createLocalFiles({
  stateDirectory,
  vault,
  infisical,
}: Pick<AgentConfig, 'stateDirectory' | 'vault' | 'infisical'>): LocalFiles {
  const credentials = [vault?.auth, vault?.clientCertificate, infisical?.auth].flatMap((one) =>
    one ? Object.entries(one) : [],
  );
  const files = credentials.flatMap(([key, value]) => (key.endsWith('File') ? [String(value)] : []));
  const closed = [...SYSTEM, stateDirectory, TOKEN_DIRECTORY, ...files];
  const seen = new Map<string, string>();
  return {
    read(path) {
      seen.set(path, signatureOf(path));
      return readOpen(path, closed);
    },
    changed: () => [...seen].some(([path, signature]) => signatureOf(path) !== signature),
  };
}

function readOpen(path: string, closed: readonly string[]): string {
  if (!path.startsWith('/')) throw new Fault('the path of the file is not absolute');
  try {
    const real = realpathSync(path);
    const hidden = closed.map((one) => resolved(one));
    if ([...closed, ...hidden].some((one) => real === one || real.startsWith(`${one}/`)))
      throw new Fault("the file is the agent's own, and no template sees it");
    return readRegular(real);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Fault(`the file cannot be read in the agent's container (${code})`);
  }
}

function readRegular(path: string): string {
  const file = openSync(path, CAREFULLY);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new Fault('it is no file, but a directory or the like');
    if (status.size > MOST_BYTES) throw new Fault(`the file is larger than ${MOST_BYTES} bytes`);
    return decodeBytes(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Differs when a file was changed or replaced; empty where there is none. */
function signatureOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return [ino, size, mtimeNs].join(' ');
  } catch {
    return '';
  }
}

/** As often as Vault Agent looks. */
const LOOK_MS = 2000;

/** Tells of changes until it is stopped. */
export async function watchLocalFiles(
  files: LocalFiles,
  clock: Clock,
  stop: AbortSignal,
  report: () => void,
): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(LOOK_MS, stop).catch(() => undefined);
    if (!stop.aborted && files.changed()) report();
  }
}
