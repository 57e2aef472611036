import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One folder per case: `tenants.yaml`, `manifests.yaml`, and what `sidekey tenant check` says of them, `expected.txt`. */
const FOLDER = join(import.meta.dirname, 'tenant-check');

/** In manifests, whatever is a credential has this in it. */
export const CANARY = 'canary7d1f';

export interface CheckCase {
  readonly name: string;
  readonly tenants: string;
  readonly manifests: string;
  readonly expected: string;
}

const read = (name: string, file: string): string => readFileSync(join(FOLDER, name, file), 'utf8');

export const checkCases: readonly CheckCase[] = readdirSync(FOLDER).map((name) => ({
  name,
  tenants: read(name, 'tenants.yaml'),
  manifests: read(name, 'manifests.yaml'),
  expected: read(name, 'expected.txt'),
}));
