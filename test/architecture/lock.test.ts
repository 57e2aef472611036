import { describe, expect, test } from 'vitest';
import { read } from './sources.ts';

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = read('package-lock.json');
const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Locked>> };

/** The lock's entry that a package at `path` gets for `name`: the nearest one, as Node resolves. */
function resolve(path: string, name: string): Locked | undefined {
  const own = packages[`${path === '' ? '' : `${path}/`}node_modules/${name}`];
  if (own !== undefined || path === '') return own;
  return resolve(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

describe('the lock file', () => {
  test('pins by content, not by host', () => {
    expect(text).not.toContain('"resolved"');
  });

  // npm leaves out what the registry in use does not have, and `npm ci` then refuses the lock on every machine.
  test('has an entry for every platform’s binary, this machine’s and others’', () => {
    const lacking = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => resolve(path, name) === undefined),
    );
    expect(lacking).toEqual([]);
  });

  test('knows the content of everything that is installed on Linux', () => {
    const loose = Object.entries(packages).filter(
      ([path, { integrity, os = ['linux'] }]) =>
        path !== '' && os.includes('linux') && integrity === undefined,
    );
    expect(loose.map(([path]) => path).filter((path) => !EXOTIC.test(path))).toEqual([]);
  });
});

/** Binaries for Linux on processors and C libraries that neither development nor the images use. */
const EXOTIC = /(?:musl|musleabihf|gnueabihf|ppc64|riscv64|s390x|loong64|wasm32)/u;
