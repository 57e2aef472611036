import { containedPath, RELATIVE_PATH_FORM } from '#contract/path.ts';
import type { Findings } from './findings.ts';
import type { InjectedFile } from './injection.ts';
import { isPrintable, quoted } from './values.ts';

/** Where a file stands below its directory, normalised; undefined, and a problem of the key, if it would stand outside. */
export function readPlace(findings: Findings, key: string, text: string): string | undefined {
  const path = isPrintable(text) ? containedPath(text) : undefined;
  if (path === undefined)
    findings.deny(key, `would render the file ${quoted(text)}; expected ${RELATIVE_PATH_FORM}`);
  return path;
}

/** Notes two files in one place of a directory, and a file where another one needs a directory. */
export function noteClashes(findings: Findings, files: readonly InjectedFile[]): void {
  for (const inOne of Map.groupBy(files, ({ volume }) => volume).values()) noteClashesOf(findings, inOne);
}

function noteClashesOf(findings: Findings, files: readonly InjectedFile[]): void {
  const owners = new Map<string, string>();
  for (const { key, path } of files) {
    const owner = owners.get(path);
    if (owner === undefined) owners.set(path, key);
    else findings.deny(key, `renders ${quoted(path)}, as does ${owner}; expected a path of its own`);
  }
  for (const { key, path } of files) {
    const owner = parents(path)
      .map((parent) => owners.get(parent))
      .find((found) => found !== undefined);
    if (owner !== undefined)
      findings.deny(key, `renders ${quoted(path)} below the file of ${owner}; expected a path outside it`);
  }
}

/** `a` and `a/b` for `a/b/c`. */
function parents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
