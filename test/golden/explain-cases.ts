import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One folder per case: `manifest.yaml`, and what `sidekey explain -f manifest.yaml` says of it, `expected.txt`, without the
 * lines that come into a pod: these are the pods' own golden cases.
 */
const FOLDER = join(import.meta.dirname, 'explain');

/** In a manifest, whatever is a secret has this in it. */
export const CANARY = 'canary-7d1f';

export interface ExplainCase {
  readonly name: string;
  readonly manifest: string;
  readonly expected: string;
}

export const explainCases: readonly ExplainCase[] = readdirSync(FOLDER).map((name) => ({
  name,
  manifest: readFileSync(join(FOLDER, name, 'manifest.yaml'), 'utf8'),
  expected: readFileSync(join(FOLDER, name, 'expected.txt'), 'utf8'),
}));

/** A case by its name. */
export function explainCase(wanted: string): ExplainCase {
  const found = explainCases.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no case ${wanted}`);
  return found;
}
