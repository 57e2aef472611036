import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { commit } from '../../../agent/render/commit.ts';
import { fileIn } from './sets.ts';
import { aVolume } from './fresh-volume.ts';
import { entriesOf, modeOf, visibleFiles } from './volume.ts';
import { failing } from './watched.ts';

interface Wanted {
  readonly content: string;
  readonly mode: number;
}

/** Few names and contents, so that sets meet often; `d` is a directory in all of them. */
const sets = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd/e', 'd/f', 'd/g/h'),
  fc.record({ content: fc.constantFrom('', '1', '2', 'ü'), mode: fc.constantFrom(0o644, 0o600, 0o444) }),
  { minKeys: 1, noNullPrototype: true },
);

const filesOf = (volume: string, set: Readonly<Record<string, Wanted>>): ReturnType<typeof fileIn>[] =>
  Object.entries(set).map(([path, { content, mode }]) => fileIn(volume, path, content, mode));

const CALLS = ['mkdir', 'writeFile', 'chmod', 'link', 'symlink', 'rename', 'rm', 'statfs'];

test('whatever came before, a commit shows exactly the wanted set and names exactly what changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sets, { minLength: 1, maxLength: 6 }), async (history) => {
      const volume = aVolume();
      let before: Readonly<Record<string, Wanted>> = {};
      for (const set of history) {
        const { changed } = await commit(filesOf(volume, set));
        const differing = Object.keys(set).filter(
          (path) => before[path]?.content !== set[path]?.content || before[path]?.mode !== set[path]?.mode,
        );
        expect(new Set(changed)).toEqual(new Set(differing));
        expectExactly(volume, set);
        before = set;
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('whatever fails on the way, the old set or the new one stands, and the next commit puts all right', async () => {
  await fc.assert(
    fc.asyncProperty(sets, sets, fc.constantFrom(...CALLS), fc.nat(4), async (old, next, call, skip) => {
      const volume = aVolume();
      await commit(filesOf(volume, old));
      let left = skip;
      const fileSystem = failing('ENOSPC', call, () => left-- === 0);
      const failed = await commit(filesOf(volume, next), { fileSystem }).then(
        () => false,
        () => true,
      );
      expect(visibleFiles(volume)).toEqual(contents(failed ? old : next));
      await commit(filesOf(volume, next));
      expectExactly(volume, next);
    }),
    { numRuns: 100 },
  );
}, 60_000);

const contents = (set: Readonly<Record<string, Wanted>>): Record<string, string> =>
  Object.fromEntries(Object.entries(set).map(([path, { content }]) => [path, content]));

/** The set and nothing else: no name, no second generation, no prepared link. */
function expectExactly(volume: string, set: Readonly<Record<string, Wanted>>): void {
  expect(visibleFiles(volume)).toEqual(contents(set));
  for (const [path, { mode }] of Object.entries(set)) expect(modeOf(volume, path)).toBe(mode);
  const names = new Set(Object.keys(set).map((path) => path.replace(/\/.*/u, '')));
  expect(entriesOf(volume)).toEqual(['..data', '<generation>', ...names].toSorted());
}
