import {
  chmodSync,
  type Dirent,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type StatsFs,
  statfsSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

/** The system calls a commit makes, and no others; passed in so that a test can stop or fail any one of them. */
export interface FileSystem {
  chmod(path: string, mode: number): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  lstat(path: string): Promise<{ readonly mode: number }>;
  mkdir(path: string, options: { readonly mode: number }): Promise<unknown>;
  readFile(path: string, options: { readonly flag: number }): Promise<Buffer>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<Dirent[]>;
  readlink(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly recursive?: boolean; readonly force: true }): Promise<void>;
  statfs(path: string): Promise<Pick<StatsFs, 'bsize' | 'blocks' | 'bavail' | 'files' | 'ffree'>>;
  symlink(target: string, path: string): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  writeFile(
    path: string,
    bytes: Uint8Array,
    options: { readonly flag: string; readonly mode: number },
  ): Promise<void>;
}

const promised =
  <A extends readonly unknown[], R>(call: (...args: A) => R): ((...args: A) => Promise<R>) =>
  (...args) =>
    new Promise((resolve) => resolve(call(...args)));

/** A volume is memory: a call is through before a thread of the pool would have woken up for it. */
export const memoryFileSystem: FileSystem = {
  chmod: promised(chmodSync),
  link: promised(linkSync),
  lstat: promised((path: string) => lstatSync(path)),
  mkdir: promised((path: string, options: { readonly mode: number }) => mkdirSync(path, options)),
  readFile: promised((path: string, { flag }: { readonly flag: number }) =>
    // Its declared type knows flags as words alone.
    readFileSync(path, { flag: flag as unknown as string }),
  ),
  readdir: promised((path: string, options: { readonly withFileTypes: true }) => readdirSync(path, options)),
  readlink: promised((path: string) => readlinkSync(path)),
  rename: promised(renameSync),
  rm: promised(rmSync),
  statfs: promised((path: string) => statfsSync(path)),
  truncate: promised(truncateSync),
  symlink: promised((target: string, path: string) => symlinkSync(target, path)),
  writeFile: promised(writeFileSync),
};
