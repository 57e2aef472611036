import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const CACHE = join(homedir(), '.cache/sidekey');

/** A program that is compiled from source, and where it is kept. */
export interface Build {
  /** For people. */
  readonly what: string;
  /** The directory in the cache is called this and the fingerprint. */
  readonly name: string;
  readonly root: string;
  /** Everything the build depends on, below `root`: with another version of any of it goes another directory. */
  readonly sources: readonly string[];
  /** What builds into the directory it is given. */
  command(directory: string): Command;
}

interface Command {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

async function fingerprint({ root, sources }: Build): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(`${source}\0`).update(await readFile(join(root, source)));
  return hash.digest('hex').slice(0, 12);
}

function run(build: Build, directory: string): Promise<void> {
  const { words, environment } = build.command(directory);
  const child = spawn('nice', ['-n', '10', ...words], {
    cwd: build.root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Cannot build ${build.what}: it ended with ${code}; it needs Go 1.26.6`));
    });
  });
}

/**
 * The directory a program was built into. Builds it the first time; the directory appears whole or not at all, so that
 * two runs may build at once.
 *
 * @throws {Error} If the build fails.
 */
export async function builtOnce(build: Build): Promise<string> {
  const directory = join(CACHE, `${build.name}-${await fingerprint(build)}`);
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(dirname(directory), { recursive: true });
  try {
    await run(build, unfinished);
    await rename(unfinished, directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}
