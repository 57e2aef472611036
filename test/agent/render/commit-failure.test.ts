import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commit } from '../../../agent/render/commit.ts';
import { RenderError } from '../../../agent/render/errors.ts';
import type { RenderedFile } from '../../../agent/render/plan.ts';
import { fileIn } from './sets.ts';
import { aVolume } from './fresh-volume.ts';
import { currentOf, entriesOf, visibleFiles } from './volume.ts';
import { failing } from './watched.ts';

describe('a commit that is refused', () => {
  test.each([
    ['a file', (path: string) => writeFileSync(path, 'theirs')],
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link', (path: string) => symlinkSync('/etc/hostname', path)],
  ])('names %s that stands where a file belongs, and leaves it there', async (_, put) => {
    const volume = aVolume();
    put(join(volume, 'api'));
    const before = lstatSync(join(volume, 'api')).ino;
    await expect(commit([fileIn(volume, 'api/key', '1')])).rejects.toMatchObject({
      name: 'RenderError',
      code: 'occupied',
      message: expect.stringContaining(`Cannot write to ${volume}: "api" is there`) as string,
    });
    expect(lstatSync(join(volume, 'api')).ino).toBe(before);
    expect(entriesOf(volume)).toEqual(['api']);
  });

  test('touches no volume if a name is taken in one', async () => {
    const [one, two] = [aVolume(), aVolume()];
    writeFileSync(join(two, 'a'), 'theirs');
    await expect(commit([fileIn(one, 'a', '1'), fileIn(two, 'a', '2')])).rejects.toThrow(two);
    expect(entriesOf(one)).toEqual([]);
  });

  test('leaves foreign files beside ours alone', async () => {
    const volume = aVolume();
    writeFileSync(join(volume, 'theirs'), 'keep');
    mkdirSync(join(volume, '..2026_01_02_03_04_05.123'));
    await commit([fileIn(volume, 'a', '1')]);
    await commit([fileIn(volume, 'a', '2')]);
    expect(entriesOf(volume)).toEqual(['..2026_01_02_03_04_05.123', '..data', '<generation>', 'a', 'theirs']);
  });

  test('says that the directory is missing', async () => {
    const volume = join(aVolume(), 'missing');
    await expect(commit([fileIn(volume, 'a', '1')])).rejects.toMatchObject({
      code: 'no_volume',
      message: `Cannot write to ${volume}: there is no such directory: mount a volume there (ENOENT)`,
    });
  });
});

/** Each kind of step that can fail, on which path of the second volume, with what, and how the failure is called. */
const STEPS = [
  ['statfs', '', 'EIO', 'failed'],
  ['mkdir', '/deep', 'ENOSPC', 'no_space'],
  ['writeFile', '/a', 'EDQUOT', 'no_space'],
  ['chmod', '/a', 'EPERM', 'denied'],
  ['symlink', '/new', 'EROFS', 'read_only'],
  ['symlink', '/..data_tmp', 'EACCES', 'denied'],
  ['rename', '/..data', 'EIO', 'failed'],
] as const;

describe('a commit that fails on the way', () => {
  test.each(STEPS)('at %s of "%s" with %s keeps the old sets and leaves nothing behind', async (...step) => {
    const [call, path, system, code] = step;
    const [one, two] = [aVolume(), aVolume()];
    const both = (content: string): RenderedFile[] =>
      [one, two].flatMap((volume) => [fileIn(volume, 'a', content), fileIn(volume, 'deep/b', 'same')]);
    await commit(both('old'));
    const before = [currentOf(one), currentOf(two)];
    const next = [...both('new'), fileIn(two, 'new', 'x')];
    const fileSystem = failing(system, call, (at) => at.startsWith(two) && at.endsWith(path));
    await expect(commit(next, { fileSystem })).rejects.toMatchObject({ name: 'RenderError', code });
    expect([currentOf(one), currentOf(two)]).toEqual(before);
    for (const volume of [one, two]) {
      expect(visibleFiles(volume)).toEqual({ a: 'old', 'deep/b': 'same' });
      expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'a', 'deep']);
    }
    expect((await commit(next)).changed).toEqual(['a', 'a', 'new']);
  });

  test.each(STEPS)('at %s of "%s" with %s leaves empty volumes empty', async (call, path, system) => {
    const [one, two] = [aVolume(), aVolume()];
    const files = [one, two].flatMap((volume) => ['a', 'deep/b', 'new'].map((at) => fileIn(volume, at, 'x')));
    const fileSystem = failing(system, call, (at) => at.startsWith(two) && at.endsWith(path));
    await expect(commit(files, { fileSystem })).rejects.toThrow(`Cannot write to ${two}: `);
    expect([entriesOf(one), entriesOf(two)]).toEqual([[], []]);
  });

  test('succeeds nevertheless if only the old generation cannot be removed, and removes it the next time', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1')]);
    const fileSystem = failing('EACCES', 'rm', () => true);
    expect(await commit([fileIn(volume, 'a', '2')], { fileSystem })).toEqual({ changed: ['a'] });
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', '<generation>', 'a']);
    expect(await commit([fileIn(volume, 'a', '2')])).toEqual({ changed: [] });
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'a']);
  });

  test('says nothing of the content, however it is looked at', async () => {
    const volume = aVolume();
    const fileSystem = failing('EIO', 'writeFile', () => true);
    const error: unknown = await commit([fileIn(volume, 'a', 'canary')], { fileSystem }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RenderError);
    expect(inspect(error, { depth: 9, showHidden: true }) + String(error)).not.toContain('canary');
  });
});
