import { describe, expect, test } from 'vitest';
import { Secret } from '../../../agent/secret.ts';
import {
  currentGeneration,
  type Entry,
  type FileOnDisk,
  leftovers,
  planVolume,
  type RenderedFile,
  type VolumeOnDisk,
} from '../../../agent/render/plan.ts';

const OLD = '..generation-000000000001';
const OTHER = '..generation-000000000002';

const wanted = (path: string, content = 'x', mode = 0o644): RenderedFile => ({
  name: `name of ${path}`,
  volume: '/v',
  path,
  mode,
  content: new Secret(content),
});

const onDisk = (content: string, mode = 0o644): FileOnDisk => ({
  mode,
  content: new Secret(Buffer.from(content)),
});

const link = (name: string, target: string): Entry => ({ name, target, isDirectory: false });
const directory = (name: string): Entry => ({ name, target: undefined, isDirectory: true });
const file = (name: string): Entry => ({ name, target: undefined, isDirectory: false });

/** A volume whose current generation holds the given files, all of them reachable. */
function volumeWith(files: Readonly<Record<string, FileOnDisk>>, ...more: Entry[]): VolumeOnDisk {
  const names = new Set(Object.keys(files).map((path) => path.replace(/\/.*/u, '')));
  const links = [...names].map((name) => link(name, `..data/${name}`));
  return {
    entries: [directory(OLD), link('..data', OLD), ...links, ...more],
    current: OLD,
    files: new Map(Object.entries(files)),
  };
}

const EMPTY: VolumeOnDisk = { entries: [], current: undefined, files: new Map() };

const paths = (files: readonly RenderedFile[] | undefined): string[] | undefined =>
  files?.map(({ path }) => path);

describe('what is to be written', () => {
  test('everything, where there is nothing', () => {
    const plan = planVolume('/v', [wanted('a'), wanted('b/c')], EMPTY);
    expect(paths(plan.generation?.written)).toEqual(['a', 'b/c']);
    expect(plan.generation?.carried).toEqual([]);
    expect(plan.links).toEqual(['a', 'b']);
  });

  test('nothing, where the same bytes and modes stand', () => {
    const disk = volumeWith({ a: onDisk('1'), 'b/c': onDisk('2', 0o600) });
    const plan = planVolume('/v', [wanted('a', '1'), wanted('b/c', '2', 0o600)], disk);
    expect(plan).toMatchObject({ generation: undefined, links: [], occupied: [], leftovers: [] });
  });

  test('the changed file is written new and its neighbours are carried over', () => {
    const disk = volumeWith({ a: onDisk('old'), b: onDisk('same') });
    const plan = planVolume('/v', [wanted('a', 'new'), wanted('b', 'same')], disk);
    expect(paths(plan.generation?.written)).toEqual(['a']);
    expect(paths(plan.generation?.carried)).toEqual(['b']);
  });

  test('a file whose mode alone changed is written new', () => {
    const plan = planVolume('/v', [wanted('a', 'x', 0o600)], volumeWith({ a: onDisk('x', 0o644) }));
    expect(paths(plan.generation?.written)).toEqual(['a']);
  });

  test('a file that could not be read is written new', () => {
    const plan = planVolume('/v', [wanted('a')], volumeWith({ a: { mode: 0o644, content: undefined } }));
    expect(paths(plan.generation?.written)).toEqual(['a']);
  });

  test('a file that is no longer wanted makes a new generation, of carried files only', () => {
    const disk = volumeWith({ a: onDisk('x'), b: onDisk('x') });
    const plan = planVolume('/v', [wanted('a')], disk);
    expect(plan.generation).toEqual({ written: [], carried: [wanted('a')] });
  });

  test('a text is compared by its bytes in UTF-8', () => {
    const plan = planVolume('/v', [wanted('a', 'pässwörd')], volumeWith({ a: onDisk('pässwörd') }));
    expect(plan.generation).toBeUndefined();
  });

  test('only the link, where a visible name was lost', () => {
    const disk = volumeWith({ a: onDisk('x') });
    const entries = disk.entries.filter(({ name }) => name !== 'a');
    const plan = planVolume('/v', [wanted('a')], { ...disk, entries });
    expect(plan).toMatchObject({ generation: undefined, links: ['a'] });
  });
});

describe('what is in the way', () => {
  test.each([
    ['a file', file('a')],
    ['a directory', directory('a')],
    ['a link to elsewhere', link('a', '/etc/passwd')],
    ['a link to another of our names', link('a', '..data/b')],
  ])('%s where a name of ours belongs', (_, entry) => {
    expect(planVolume('/v', [wanted('a/b')], { ...EMPTY, entries: [entry] }).occupied).toEqual(['a']);
  });

  test.each([
    ['a directory called ..data', directory('..data')],
    ['a ..data of another writer', link('..data', '..2026_01_02_03_04_05.123')],
    ['a ..data that leaves the volume', link('..data', '/etc')],
    ['a file called ..data_tmp', file('..data_tmp')],
  ])('%s', (_, entry) => {
    expect(planVolume('/v', [wanted('a')], { ...EMPTY, entries: [entry] }).occupied).toEqual([entry.name]);
  });

  test('not what stands under a name that is not needed', () => {
    const entries = [file('theirs'), directory('mount-point'), link('also-theirs', '/etc')];
    const plan = planVolume('/v', [wanted('a')], { ...EMPTY, entries });
    expect(plan).toMatchObject({ occupied: [], leftovers: [] });
  });
});

describe('what is left over', () => {
  test('every generation but the current one, the prepared link and names without a file', () => {
    const disk = volumeWith(
      { a: onDisk('x') },
      directory(OTHER),
      link('..data_tmp', OTHER),
      link('gone', '..data/gone'),
    );
    expect(leftovers(disk)).toEqual([OTHER, '..data_tmp', 'gone']);
  });

  test('a name that is left over and wanted again is made anew', () => {
    const plan = planVolume('/v', [wanted('a')], { ...EMPTY, entries: [link('a', '..data/a')] });
    expect(plan).toMatchObject({ leftovers: ['a'], links: ['a'], occupied: [] });
  });

  test('nothing of anybody else', () => {
    const entries = [file('file'), directory('..2026_01_02'), link('x', '..data/y'), file('..data_tmp')];
    expect(leftovers({ ...EMPTY, entries })).toEqual([]);
  });
});

describe('the current generation', () => {
  test('is the directory that ..data names', () => {
    expect(currentGeneration([link('..data', OLD), directory(OLD)])).toBe(OLD);
  });

  test.each([
    ['there is no ..data', [directory(OLD)]],
    ['..data is a directory', [directory('..data'), directory(OLD)]],
    ['the directory is gone', [link('..data', OLD)]],
    ['a link stands in its place', [link('..data', OLD), link(OLD, '/etc')]],
    ['it lies outside the volume', [link('..data', '/etc'), directory('/etc')]],
  ])('is none if %s', (_, entries) => {
    expect(currentGeneration(entries)).toBeUndefined();
  });
});
