import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every file in the tree that git knows or would add, relative to the root. */
export const TREE: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && exists(path));

function exists(path: string): boolean {
  try {
    readFileSync(join(ROOT, path));
    return true;
  } catch {
    return false;
  }
}

export const CODE: readonly string[] = TREE.filter((path) => /\.(?:ts|mjs|js)$/u.test(path));

/** The code that is shipped: in the images, and as the command. */
export const PRODUCT: readonly string[] = CODE.filter((path) =>
  /^(?:contract|platform|agent|injector|governance|cli)\//u.test(path),
);

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** One import statement, resolved to a path in the tree where it leads to one. */
export interface Import {
  readonly from: string;
  /** A path in the tree (`contract/path.ts`), a module of Node (`node:fs`) or a package (`pino`). */
  readonly to: string;
  readonly typeOnly: boolean;
}

const STATEMENT =
  /^(?:import|export)\s+(type\s)?[^'";]*?\s*from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gmu;

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  return builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
}

/** The imports of a source text, static and dynamic. */
export function parseImports(from: string, text: string): readonly Import[] {
  return [...text.matchAll(STATEMENT)].map(([, type, named, bare, dynamic]) => ({
    from,
    to: resolve(from, named ?? bare ?? dynamic ?? ''),
    typeOnly: type !== undefined,
  }));
}

export function importsOf(path: string): readonly Import[] {
  return parseImports(path, read(path));
}

/** Source text without comments and strings, for rules about what code does rather than says. */
export function bareCode(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
    .replaceAll(/(?<![:'"`\w])\/\/.*$/gmu, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/gu, "''");
}
