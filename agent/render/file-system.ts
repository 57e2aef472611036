import type * as fs from 'node:fs/promises';

/** The system calls a commit makes, and no others; passed in so that a test can stop or fail any one of them. */
export type FileSystem = Pick<
  typeof fs,
  | 'chmod'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'readFile'
  | 'readdir'
  | 'readlink'
  | 'rename'
  | 'rm'
  | 'statfs'
  | 'symlink'
  | 'writeFile'
>;
