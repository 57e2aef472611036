import {
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Write } from '#contract/write.ts';
import { commitOf } from '../../../agent/render/commit-all.ts';
import type { RenderedFile } from '../../../agent/render/plan.ts';
import { readStanding } from '../../../agent/render/standing.ts';
import { fileIn } from './sets.ts';
import { aVolume } from './fresh-volume.ts';

const SOURCE = { source: { store: 'vault', path: 'kv/a' }, format: 'raw' } as const;

/** A volume with a file of the set and one that is replaced by itself. */
function aPlace(write: Write) {
  const volume = aVolume();
  const spec = (path: string) => ({ name: path, volume, path, mode: 0o644, ...SOURCE });
  const commit = commitOf([spec('set'), { ...spec('alone'), write }]);
  const alone = (content: string, mode = 0o644): RenderedFile => ({
    ...fileIn(volume, 'alone', content, mode),
    write,
  });
  const put = async (content: string, mode?: number) =>
    (await commit([fileIn(volume, 'set', 'x'), alone(content, mode)], { volumes: [volume] })).changed;
  return { volume, path: join(volume, 'alone'), commit, put };
}

describe.each(['rename', 'in-place'] as const)('a file that is replaced by %s', (write) => {
  test('is a plain file beside the set, with its mode, and is said to have changed', async () => {
    const { path, put } = aPlace(write);
    expect(await put('one', 0o640)).toEqual(['set', 'alone']);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await put('two, which is longer', 0o640)).toEqual(['alone']);
    expect(readFileSync(path, 'utf8')).toBe('two, which is longer');
    expect(await put('3', 0o600)).toEqual(['alone']);
    expect(readFileSync(path, 'utf8')).toBe('3');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is not written again while it is as it should be', async () => {
    const { path, put } = aPlace(write);
    await put('one');
    const before = statSync(path, { bigint: true });
    expect(await put('one')).toEqual([]);
    expect(statSync(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  test('goes when it is not wanted any more, and is found again by the next process', async () => {
    const { volume, path, put, commit } = aPlace(write);
    await put('one');
    const found = await readStanding([{ name: 'alone', volume, path: 'alone', write }]);
    expect(found.get('alone')?.reveal()).toBe('one');
    await commit([fileIn(volume, 'set', 'x')], { volumes: [volume] });
    expect(() => lstatSync(path)).toThrow(/ENOENT/u);
    expect(readFileSync(join(volume, 'set'), 'utf8')).toBe('x');
  });
});

test('whoever has a file open sees what is written in place, and what is renamed over it not', async () => {
  for (const [write, seen] of [
    ['in-place', 'two'],
    ['rename', 'one'],
  ] as const) {
    const { path, put } = aPlace(write);
    await put('one');
    const open = openSync(path, 'r');
    await put('two');
    expect(readFileSync(open, 'utf8')).toBe(seen);
  }
});

test('what a killed agent left behind is removed with the next replacement', async () => {
  const { volume, put } = aPlace('rename');
  writeFileSync(join(volume, '..next-dead'), 'half');
  await put('one');
  expect(readdirSync(volume).filter((name) => name.startsWith('..next-'))).toEqual([]);
});

test('what was replaced before a fault is said to have changed with the next commit, for nobody was told of it', async () => {
  const volume = aVolume();
  const spec = (path: string) => ({ name: path, volume, path, mode: 0o644, ...SOURCE });
  const alone = (path: string, content: string): RenderedFile => ({
    ...fileIn(volume, path, content),
    write: 'rename',
  });
  const direct = ['a', 'b', 'c'].map((path) => ({ ...spec(path), write: 'rename' as const }));
  const commit = commitOf([spec('set'), ...direct]);
  const put = (content: string): ReturnType<typeof commit> => {
    const files = [fileIn(volume, 'set', content), ...['a', 'b', 'c'].map((path) => alone(path, content))];
    return commit(files, { volumes: [volume] });
  };
  mkdirSync(join(volume, 'b'));
  await expect(put('one')).rejects.toThrow(volume);
  expect(readFileSync(join(volume, 'a'), 'utf8')).toBe('one');
  expect(() => lstatSync(join(volume, 'c'))).toThrow(/ENOENT/u);
  rmdirSync(join(volume, 'b'));
  expect((await put('one')).changed).toEqual(['set', 'a', 'b', 'c']);
  expect((await put('one')).changed).toEqual([]);
});

test('a file that was being written in place when the agent was killed is made whole by the next one', async () => {
  const { path, put, volume } = aPlace('in-place');
  await put('one');
  writeFileSync(path, 'twe', { flag: 'r+' });
  const next = commitOf([
    { name: 'alone', volume, path: 'alone', mode: 0o644, write: 'in-place', ...SOURCE },
  ]);
  const whole = { ...fileIn(volume, 'alone', 'two'), write: 'in-place' } as const;
  expect((await next([fileIn(volume, 'set', 'x'), whole], { volumes: [volume] })).changed).toEqual(['alone']);
  expect(readFileSync(path, 'utf8')).toBe('two');
});
