import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Memory that is mounted on a directory until it is disposed of; needs root. */
export interface Tmpfs extends AsyncDisposable {
  /** With other options: `size=64k`, `ro`, … */
  remount(options: string): Promise<void>;
}

/** @param options Of the mount, such as `size=64k,nr_inodes=20`. */
export async function mountTmpfs(directory: string, options = ''): Promise<Tmpfs> {
  const all = ['mode=0777', options].filter((option) => option !== '').join(',');
  await run('mount', ['-t', 'tmpfs', '-o', all, 'tmpfs', directory]);
  return {
    remount: async (changed) => void (await run('mount', ['-o', `remount,${changed}`, directory])),
    // Whoever still has a file open there keeps it.
    [Symbol.asyncDispose]: async () => void (await run('umount', ['--lazy', directory])),
  };
}
