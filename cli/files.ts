import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Parsed, parsed, type Problem, rejected } from '#contract/problem.ts';
import { faultCode } from '#platform/connection-fault.ts';
import { type Input, readInputs } from './input.ts';

/** What was named, or was found in a directory that was named. */
export interface FoundInput extends Input {
  readonly wasNamed: boolean;
}

/** Reads files, `-` for standard input, and the YAML and JSON below directories; each once, those of a directory by name. */
export function readTree(names: readonly string[]): Parsed<readonly FoundInput[]> {
  const listed = names.map(filesOf);
  const problems = listed.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return rejected(problems);
  const found = once(listed.flatMap((one) => (one.ok ? one.value : [])));
  const inputs = readInputs(found.map(({ file }) => file));
  if (!inputs.ok) return inputs;
  return parsed(inputs.value.map((input, at) => ({ ...input, wasNamed: found[at]?.wasNamed ?? true })));
}

interface Found {
  readonly file: string;
  readonly wasNamed: boolean;
}

/** However often a file was named, and by whatever paths: the first counts. */
const once = (found: readonly Found[]): readonly Found[] =>
  [...new Map(found.toReversed().map((one) => [resolve(one.file), one])).values()].toReversed();

function filesOf(name: string): Parsed<readonly Found[]> {
  if (name === '-') return parsed([{ file: name, wasNamed: true }]);
  try {
    if (!statSync(name).isDirectory()) return parsed([{ file: name, wasNamed: true }]);
    const files = below(name);
    if (files.length === 0) return rejected([{ key: name, message: EMPTY }]);
    return parsed(files.map((file) => ({ file, wasNamed: false })));
  } catch (error) {
    return rejected([unreadable(name, error)]);
  }
}

const EMPTY = 'holds no file that ends in .yaml, .yml or .json';

/** A directory within may be what cannot be read. */
function unreadable(name: string, error: unknown): Problem {
  const path: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'path') : undefined;
  return { key: typeof path === 'string' ? path : name, message: `cannot be read: ${faultCode(error)}` };
}

/**
 * The files below a directory, by path. Git's own are left out, and so is what begins with two dots: there a mounted
 * volume keeps what its links lead to. Links to directories are not followed, for they may lead in a circle.
 */
function below(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.name.startsWith('..') || entry.name === '.git') return [];
      if (entry.isDirectory()) return below(path);
      return /\.(?:ya?ml|json)$/u.test(entry.name) && !leadsToDirectory(path) ? [path] : [];
    });
}

const leadsToDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
