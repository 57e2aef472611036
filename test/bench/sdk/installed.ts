import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What installing a package brings along, itself included. */
export interface Installed {
  readonly packages: number;
  readonly bytes: number;
}

/** By the lock file and the directories of the project. */
export function installedWith(project: string, name: string): Installed {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const needed of Object.keys(lock.packages[path]?.dependencies ?? {}))
      visit(resolve(lock.packages, path, needed));
  };
  visit(`node_modules/${name}`);
  const bytes = [...found].reduce((sum, path) => sum + sizeOf(join(project, path)), 0);
  return { packages: found.size, bytes };
}

/** The nearest one, as Node resolves. */
function resolve(packages: Readonly<Record<string, Locked>>, from: string, name: string): string {
  for (
    let place = from;
    place !== '';
    place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))
  ) {
    const path = `${place}/node_modules/${name}`;
    if (path in packages) return path;
  }
  return `node_modules/${name}`;
}

/** Without what is installed below it for itself, which counts as a package of its own. */
function sizeOf(directory: string): number {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.reduce((sum, entry) => {
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) return sum + statSync(path).size;
    return entry.name === 'node_modules' ? sum : sum + sizeOf(path);
  }, 0);
}
