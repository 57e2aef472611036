import { expect, test } from 'vitest';
import type { SavedState } from '../../../agent/state/saved.ts';
import { createSaver } from '../../../agent/state/saver.ts';

const state = (fingerprint: string): SavedState => ({
  version: 2,
  fingerprint,
  current: [],
  former: [],
  secrets: [],
  superseded: [],
  remnants: [],
  files: [],
  notices: [],
});

test('states are written one at a time, of several that wait only the last', async () => {
  const written: string[] = [];
  let writing = 0;
  const saver = createSaver(async ({ fingerprint }) => {
    writing += 1;
    expect(writing).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    written.push(fingerprint);
    writing -= 1;
  });
  for (const name of ['one', 'two', 'three']) saver.save(state(name));
  await saver.idle();
  expect(written).toEqual(['one', 'three']);
  saver.save(state('four'));
  await saver.idle();
  expect(written).toEqual(['one', 'three', 'four']);
});

test('a saver that was never used is idle', async () => {
  await expect(createSaver(() => Promise.resolve()).idle()).resolves.toBeUndefined();
});
