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

test('of several states of one turn only the last is made and written, before the next turn begins', async () => {
  const made: string[] = [];
  const written: string[] = [];
  const saver = createSaver(({ fingerprint }) => written.push(fingerprint));
  const save = (name: string): void =>
    saver.save(() => {
      made.push(name);
      return state(name);
    });
  for (const name of ['one', 'two', 'three']) save(name);
  expect(written).toEqual([]);
  await new Promise(setImmediate);
  expect(written).toEqual(['three']);
  save('four');
  await Promise.resolve();
  expect([made, written]).toEqual([
    ['three', 'four'],
    ['three', 'four'],
  ]);
});
