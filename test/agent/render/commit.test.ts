import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  existsSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit } from '../../../agent/render/commit.ts';
import { fileIn } from './sets.ts';
import { aVolume } from './fresh-volume.ts';
import { currentOf, entriesOf, modeOf, visibleFiles } from './volume.ts';
import { CHANGES, failing, watched } from './watched.ts';

describe('the first commit', () => {
  test('makes every file visible with its content and mode, and says that all changed', async () => {
    const volume = aVolume();
    const files = [fileIn(volume, 'api', 'key\n', 0o640), fileIn(volume, 'db/password', 'pässwörd', 0o400)];
    expect(await commit(files)).toEqual({ changed: ['api', 'db/password'] });
    expect(visibleFiles(volume)).toEqual({ api: 'key\n', 'db/password': 'pässwörd' });
    expect([modeOf(volume, 'api'), modeOf(volume, 'db/password')]).toEqual([0o640, 0o400]);
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'api', 'db']);
  });

  test('gives the modes asked for, whatever the umask', async () => {
    const volume = aVolume();
    const umask = process.umask(0o077);
    try {
      await commit([fileIn(volume, 'deep/open', 'x', 0o666)]);
    } finally {
      process.umask(umask);
    }
    expect(modeOf(volume, 'deep/open')).toBe(0o666);
    expect(modeOf(volume, 'deep')).toBe(0o755);
    expect(modeOf(volume, '..data')).toBe(0o755);
  });

  test('shows no file to others before it has the mode asked for', async () => {
    const volume = aVolume();
    const modes: number[] = [];
    const fileSystem = watched((call, path) => {
      if (call === 'chmod' && path.endsWith('/a')) modes.push(lstatSync(path).mode & 0o777);
    });
    await commit([fileIn(volume, 'a', 'x', 0o400)], { fileSystem });
    expect(modes).toEqual([0o600]);
  });

  test('keeps an empty file, and one of some megabytes', async () => {
    const volume = aVolume();
    const large = 'ü'.repeat(2 ** 21);
    await commit([fileIn(volume, 'empty', ''), fileIn(volume, 'large', large)]);
    expect(visibleFiles(volume)).toEqual({ empty: '', large });
  });

  test('leaves nothing in a volume that is named and has no file', async () => {
    const [one, two, other] = [aVolume(), aVolume(), aVolume()];
    await commit([
      fileIn(one, 'a', 'x'),
      fileIn(one, 'deep/b', 'x'),
      fileIn(two, 'c', 'x'),
      fileIn(other, 'd', 'x'),
    ]);
    expect(await commit([fileIn(two, 'c', 'x')], { volumes: [one, two] })).toEqual({ changed: [] });
    expect([one, two, other].map(visibleFiles)).toEqual([{}, { c: 'x' }, { d: 'x' }]);
    expect(entriesOf(one)).toEqual(['..data', '<generation>']);
    await commit([fileIn(one, 'a', 'y'), fileIn(two, 'c', 'x')], { volumes: [one, two] });
    expect(visibleFiles(one)).toEqual({ a: 'y' });
  });

  test('writes each file into its own volume', async () => {
    const [one, two] = [aVolume(), aVolume()];
    await commit([fileIn(one, 'a', '1'), fileIn(two, 'a', '2'), fileIn(one, 'b', '3')]);
    expect(visibleFiles(one)).toEqual({ a: '1', b: '3' });
    expect(visibleFiles(two)).toEqual({ a: '2' });
  });
});

describe('a commit over an earlier one', () => {
  test('changes nothing at all if bytes and modes are the same', async () => {
    const volume = aVolume();
    const files = [fileIn(volume, 'a', '1'), fileIn(volume, 'b/c', '2', 0o600)];
    await commit(files);
    const changes: string[] = [];
    const fileSystem = watched((call) => {
      if (CHANGES.includes(call)) changes.push(call);
    });
    expect(await commit(files, { fileSystem })).toEqual({ changed: [] });
    expect(changes).toEqual([]);
  });

  test('leaves alone the volume in which nothing changed', async () => {
    const [still, moving] = [aVolume(), aVolume()];
    await commit([fileIn(still, 'a', '1'), fileIn(moving, 'a', '1')]);
    const before = currentOf(still);
    await commit([fileIn(still, 'a', '1'), fileIn(moving, 'a', '2')]);
    expect(currentOf(still)).toBe(before);
    expect(visibleFiles(moving)).toEqual({ a: '2' });
  });

  test('names only the files that changed, in bytes or in mode', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1'), fileIn(volume, 'b', '2'), fileIn(volume, 'c', '3')]);
    const next = [fileIn(volume, 'a', '1'), fileIn(volume, 'b', 'new'), fileIn(volume, 'c', '3', 0o600)];
    expect(await commit(next)).toEqual({ changed: ['b', 'c'] });
    expect(visibleFiles(volume)).toEqual({ a: '1', b: 'new', c: '3' });
    expect(modeOf(volume, 'c')).toBe(0o600);
  });

  test('carries unchanged files over without touching them: their time of modification stays', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1'), fileIn(volume, 'b', '2')]);
    utimesSync(join(volume, 'a'), 1000, 1000);
    await commit([fileIn(volume, 'a', '1'), fileIn(volume, 'b', 'new')]);
    expect(lstatSync(join(volume, '..data/a')).mtimeMs).toBe(1_000_000);
  });

  test('writes an unchanged file anew where it cannot be linked', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1', 0o640), fileIn(volume, 'b', '2')]);
    const fileSystem = failing('EPERM', 'link', () => true);
    expect(await commit([fileIn(volume, 'a', '1', 0o640), fileIn(volume, 'b', '3')], { fileSystem })).toEqual(
      {
        changed: ['b'],
      },
    );
    expect(visibleFiles(volume)).toEqual({ a: '1', b: '3' });
    expect(modeOf(volume, 'a')).toBe(0o640);
  });

  test('removes names that are no longer wanted, and the old generation', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1'), fileIn(volume, 'b/c', '2'), fileIn(volume, 'b/d', '3')]);
    expect(await commit([fileIn(volume, 'b/d', '3')])).toEqual({ changed: [] });
    expect(visibleFiles(volume)).toEqual({ 'b/d': '3' });
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'b']);
  });

  test('lets a name change from a file to a directory and back', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1')]);
    await commit([fileIn(volume, 'a/b', '2')]);
    expect(visibleFiles(volume)).toEqual({ 'a/b': '2' });
    await commit([fileIn(volume, 'a', '3')]);
    expect(visibleFiles(volume)).toEqual({ a: '3' });
  });

  test('mends a name that was removed without writing anything else', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1')]);
    const generation = currentOf(volume);
    unlinkSync(join(volume, 'a'));
    expect(await commit([fileIn(volume, 'a', '1')])).toEqual({ changed: [] });
    expect(visibleFiles(volume)).toEqual({ a: '1' });
    expect(currentOf(volume)).toBe(generation);
  });

  test('mends a file that somebody else changed', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1')]);
    writeFileSync(join(volume, 'a'), 'tampered');
    expect(await commit([fileIn(volume, 'a', '1')])).toEqual({ changed: ['a'] });
    expect(visibleFiles(volume)).toEqual({ a: '1' });
  });

  test('does not read through a link that was put in the place of a file', async () => {
    const [volume, elsewhere] = [aVolume(), aVolume()];
    writeFileSync(join(elsewhere, 'same'), '1');
    await commit([fileIn(volume, 'a', '1')]);
    unlinkSync(join(volume, '..data/a'));
    symlinkSync(join(elsewhere, 'same'), join(volume, '..data/a'));
    expect(await commit([fileIn(volume, 'a', '1')])).toEqual({ changed: ['a'] });
    expect(lstatSync(join(volume, '..data/a')).isFile()).toBe(true);
    expect(readFileSync(join(elsewhere, 'same'), 'utf8')).toBe('1');
  });

  test('does not read through a link that is put there while it looks', async () => {
    const [volume, elsewhere] = [aVolume(), aVolume()];
    writeFileSync(join(elsewhere, 'same'), '1');
    await commit([fileIn(volume, 'a', '1')]);
    const fileSystem = watched((call, path) => {
      if (call !== 'readFile') return;
      unlinkSync(path);
      symlinkSync(join(elsewhere, 'same'), path);
    });
    expect(await commit([fileIn(volume, 'a', '1')], { fileSystem })).toEqual({ changed: ['a'] });
  });

  test('does not wait for the writer of a pipe that was put in the place of a file', async () => {
    const volume = aVolume();
    await commit([fileIn(volume, 'a', '1')]);
    unlinkSync(join(volume, '..data/a'));
    spawnSync('mkfifo', ['-m', '644', join(volume, '..data/a')]);
    expect(await commit([fileIn(volume, 'a', '1')])).toEqual({ changed: ['a'] });
    expect(visibleFiles(volume)).toEqual({ a: '1' });
  });

  test('removes no file outside the volume through a link in an old generation', async () => {
    const [volume, elsewhere] = [aVolume(), aVolume()];
    writeFileSync(join(elsewhere, 'precious'), 'keep');
    await commit([fileIn(volume, 'a', '1')]);
    symlinkSync(elsewhere, join(volume, '..data/way-out'));
    await commit([fileIn(volume, 'a', '2')]);
    expect(existsSync(join(elsewhere, 'precious'))).toBe(true);
    expect(entriesOf(volume)).toEqual(['..data', '<generation>', 'a']);
  });
});
