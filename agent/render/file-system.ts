import type { StatsFs } from 'node:fs';
import type * as fs from 'node:fs/promises';

type Calls = Pick<
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
  | 'symlink'
  | 'writeFile'
>;

/** The system calls a commit makes, and no others; passed in so that a test can stop or fail any one of them. */
export interface FileSystem extends Calls {
  statfs(path: string): Promise<Pick<StatsFs, 'bsize' | 'blocks' | 'bavail' | 'files' | 'ffree'>>;
}
