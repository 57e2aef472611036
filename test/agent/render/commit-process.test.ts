import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { commit } from '../../../agent/render/commit.ts';
import { contentsOf, setOf } from './sets.ts';
import { aVolume } from './fresh-volume.ts';
import { entriesOf, visibleFiles } from './volume.ts';

function start(script: string, ...args: string[]): ChildProcess {
  const path = join(import.meta.dirname, script);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Whether it is so by now. */
const isDone = (promise: Promise<boolean>): Promise<boolean> => Promise.race([promise, setTimeout(0, false)]);

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string, string> {
  if (stdout) yield* createInterface({ input: stdout });
  return '';
}

test('a process that spins on open and read during 200 commits or more sees whole files and whole sets only', async () => {
  const volume = aVolume();
  await commit(setOf(0, [volume]));
  const reader = start('spinning-reader.ts', volume);
  const lines = linesOf(reader);
  await lines.next();
  const looked = lines.next().then(() => true);
  for (let version = 1; version <= 200 || !(await isDone(looked)); version += 1)
    await commit(setOf(version, [volume]));
  reader.stdin?.end();
  const seen: unknown = JSON.parse((await lines.next()).value);
  expect(seen).toMatchObject({ broken: 0, missing: 0, mixedPairs: 0 });
  expect(seen).toHaveProperty(
    'reads',
    expect.toSatisfy((count: number) => count > 1000),
  );
  expect(seen).toHaveProperty(
    'pairs',
    expect.toSatisfy((count: number) => count > 100),
  );
}, 30_000);

test('killed before any one of its steps, a commit leaves a whole set in each volume and the next one repairs', async () => {
  const outcomes = new Set<string>();
  for (let step = 0, survived = false; !survived; step += 1) {
    const volumes = [aVolume(), aVolume()];
    await commit(setOf(1, volumes));
    const child = start('killed-commit.ts', String(step), ...volumes);
    const [code] = (await once(child, 'exit')) as [number | null];
    survived = code === 0;
    outcomes.add(volumes.map(versionIn).join());
    await commit(setOf(2, volumes));
    for (const volume of volumes) expect(standingIn(volume)).toEqual(allOf(2));
  }
  // Old, half of the volumes, new: steps of every kind were met.
  expect(outcomes).toEqual(new Set(['1,1', '2,1', '2,2']));
}, 60_000);

test('killed at any moment, it does the same', async () => {
  for (let round = 0; round < 12; round += 1) {
    const volume = aVolume();
    await commit(setOf(0, [volume]));
    const child = start('endless-commits.ts', volume);
    await linesOf(child).next();
    await setTimeout(Math.random() * 30);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const version = versionIn(volume);
    await commit(setOf(version + 1, [volume]));
    expect(standingIn(volume)).toEqual(allOf(version + 1));
  }
}, 60_000);

/** The version that a reader finds whole in a volume; fails if it finds anything else. */
function versionIn(volume: string): number {
  const files = visibleFiles(volume);
  const version = Number(/\d+/u.exec(files['user'] ?? '')?.[0]);
  expect(files).toEqual(contentsOf(version));
  return version;
}

const standingIn = (volume: string): object => ({ files: visibleFiles(volume), entries: entriesOf(volume) });

function allOf(version: number): object {
  const names = version % 2 === 0 ? ['even', 'user'] : ['odd', 'user'];
  return {
    files: contentsOf(version),
    entries: ['..data', '<generation>', 'constant', 'db', ...names],
  };
}
