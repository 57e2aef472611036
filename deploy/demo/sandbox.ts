import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Crew } from './crew.ts';

/** What the processes of the pod are to find: empty tmpfs directories, and files of this machine under other names. */
export interface Layout {
  readonly tmpfs: readonly { readonly path: string; readonly bytes: number }[];
  readonly files: readonly { readonly path: string; readonly source: string }[];
  /** Whom to run as when started by root. */
  readonly uid: number;
}

/** A place where processes find the pod's paths. */
export interface Sandbox {
  /** What it is, for the reader. */
  readonly description: string;
  /** The name under which a process inside finds a path of the pod. */
  locate(path: string): string;
  /** How to run, without privileges, a command line that consists of such names. */
  command(argv: readonly string[], env: Command['env']): Command;
}

const SCRIPT = fileURLToPath(new URL('./namespace.sh', import.meta.url));
const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * A mount namespace of its own, where every path is what the pod says; a user namespace too if we are not root.
 * Returns the reason if the machine does not allow it.
 */
export async function openNamespace(
  layout: Layout,
  directory: string,
  crew: Crew,
  signal: AbortSignal,
): Promise<Sandbox | string> {
  if (process.platform !== 'linux') return 'mount namespaces are Linux only';
  const root = join(directory, 'root');
  await mkdir(root);
  const kinds = isRoot() ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const argv = ['unshare', ...kinds, '--', SCRIPT, root, ...mountArguments(layout)];
  const refusal = await tryOut(argv);
  if (refusal !== undefined) return refusal;
  const holder = await crew.start('the namespace', { argv, env: { PATH: process.env['PATH'] ?? '' } });
  await holder.output.line(/^ready$/mu, signal);
  const user = isRoot() ? [] : ['--user', '--preserve-credentials'];
  const enter = [
    'nsenter',
    '--target',
    `${holder.pid}`,
    '--mount',
    ...user,
    '--',
    ...unprivileged(layout.uid),
  ];
  return {
    description: isRoot()
      ? `a mount namespace of its own, as uid ${layout.uid}`
      : 'a user and mount namespace of its own',
    locate: (path) => path,
    command: (command, env) => ({ argv: [...enter, ...command], env }),
  };
}

const mountArguments = ({ tmpfs, files }: Layout): string[] => [
  ...tmpfs.flatMap(({ path, bytes }) => ['tmpfs', `${bytes}`, path]),
  ...files.flatMap(({ path, source }) => ['bind', source, path]),
];

function unprivileged(uid: number): string[] {
  const user = isRoot() ? [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
  return ['setpriv', ...user, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--pdeathsig=KILL'];
}

/** Runs the command with no input, so that it ends as soon as it could have begun. Returns why it failed, if it did. */
function tryOut([file = '', ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(file, args, (error, _stdout, stderr) =>
      resolve(error === null ? undefined : stderr.trim().split('\n')[0] || error.message),
    );
    child.stdin?.end();
  });
}

/** Directories of the machine in place of the pod's own: for machines that allow no namespace. */
export async function openPrefix(
  layout: Layout,
  directory: string,
  cleanup: AsyncDisposableStack,
): Promise<Sandbox> {
  const memory = await mkdtemp(join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'sidekey-demo-'));
  cleanup.defer(() => rm(memory, { recursive: true, force: true }));
  await chmod(memory, 0o711);
  for (const { path } of layout.tmpfs) {
    await mkdir(join(memory, path), { recursive: true });
    await chmod(join(memory, path), 0o777);
  }
  const programs = join(directory, 'files');
  for (const { path, source } of layout.files) {
    await mkdir(dirname(join(programs, path)), { recursive: true });
    // A copy, for an unprivileged process may not be allowed to look where the source lies.
    await copyFile(source, join(programs, path));
  }
  const isFile = (path: string): boolean => layout.files.some((file) => file.path === path);
  const isBelow = (path: string): boolean =>
    layout.tmpfs.some((mount) => path === mount.path || path.startsWith(`${mount.path}/`));
  return {
    description: `paths of the pod prefixed with ${memory}`,
    locate: (path) => (isFile(path) ? join(programs, path) : isBelow(path) ? join(memory, path) : path),
    command: (argv, env) => ({ argv, env, ...(isRoot() ? { uid: layout.uid } : {}) }),
  };
}
