import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTree } from '../../cli/files.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'files-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function put(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), path);
  }
}

const read = (...names: readonly string[]): readonly string[] => {
  const result = readTree(names.map((name) => `${root}/${name}`));
  return result.ok
    ? result.value.map(({ file, wasNamed }) => `${file.slice(root.length + 1)}${wasNamed ? ' (named)' : ''}`)
    : result.problems.map(({ key, message }) => `${key.slice(root.length + 1)}: ${message}`);
};

test('of a directory, YAML and JSON are read, at any depth, by name', () => {
  put(
    't/b.yaml',
    't/a.yml',
    't/c.json',
    't/README.md',
    't/deep/er/x.yaml',
    't/.hidden/y.yaml',
    't/b.yaml.bak',
  );
  expect(read('t')).toEqual(['t/.hidden/y.yaml', 't/a.yml', 't/b.yaml', 't/c.json', 't/deep/er/x.yaml']);
});

test('a file that is named is read whatever it is called, and everything in the order in which it is named', () => {
  put('z.txt', 't/a.yaml', 'b.yaml');
  expect(read('z.txt', 't', 'b.yaml')).toEqual(['z.txt (named)', 't/a.yaml', 'b.yaml (named)']);
});

test('a file is read once, by whatever paths', () => {
  put('t/a.yaml');
  expect(read('t', 't/', 't/../t', 't/a.yaml')).toEqual(['t/a.yaml']);
  expect(read('t/a.yaml', 't')).toEqual(['t/a.yaml (named)']);
});

test('of a mounted ConfigMap the links are read, and not once more what they lead to', () => {
  put('m/..2026/a.yaml', 'm/.git/b.yaml');
  symlinkSync('..2026', join(root, 'm/..data'));
  symlinkSync('..data/a.yaml', join(root, 'm/a.yaml'));
  symlinkSync('.', join(root, 'm/circle.yaml'));
  expect(read('m')).toEqual(['m/a.yaml']);
});

test('all that cannot be read is named, and nothing is read', () => {
  mkdirSync(join(root, 'empty'));
  put('t/a.yaml');
  symlinkSync('nowhere', join(root, 't/gone.yaml'));
  expect(read('nowhere', 'empty', 't')).toEqual([
    'nowhere: cannot be read: ENOENT',
    'empty: holds no file that ends in .yaml, .yml or .json',
  ]);
  expect(read('t')).toEqual(['t/gone.yaml: cannot be read: ENOENT']);
});

test('a directory within that cannot be read is named', () => {
  put('t/locked/a.yaml');
  chmodSync(join(root, 't/locked'), 0o000);
  const seen = read('t');
  chmodSync(join(root, 't/locked'), 0o700);
  // Root may read everything.
  expect(seen).toEqual(process.getuid?.() === 0 ? ['t/locked/a.yaml'] : ['t/locked: cannot be read: EACCES']);
});
