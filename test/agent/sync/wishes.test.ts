import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refKey, type SecretRef } from '../../../agent/provider/provider.ts';
import { createWishes } from '../../../agent/sync/wishes.ts';

const ref = (path: string): SecretRef => ({ store: 'vault', operation: 'read', path, parameters: {} });
const [A, B] = [ref('a'), ref('b')];

describe('what all Secrets are made of', () => {
  test('is asked for once, however many want it', () => {
    const wishes = createWishes();
    expect(wishes.set('ml/one', [A])).toBe(true);
    expect(wishes.set('ml/two', [A])).toBe(false);
    expect(wishes.all()).toEqual([A]);
    expect(wishes.usersOf(refKey(A))).toEqual(['ml/one', 'ml/two']);
  });

  test('is forgotten with the last that wants it', () => {
    const wishes = createWishes();
    wishes.set('ml/one', [A]);
    wishes.set('ml/two', [A]);
    expect(wishes.set('ml/one', [])).toBe(false);
    expect(wishes.set('ml/two', [B])).toBe(true);
    expect(wishes.all()).toEqual([B]);
    expect(wishes.usersOf(refKey(A))).toEqual([]);
  });

  test('is told of by kind, each Secret once', () => {
    const wishes = createWishes();
    wishes.set('ml/one', [A, B]);
    expect(wishes.usersWhere(() => true)).toEqual(['ml/one']);
    expect(wishes.usersWhere(({ path }) => path === 'c')).toEqual([]);
  });

  test('is always the union of what each was last set to', () => {
    const step = fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.uniqueArray(fc.constantFrom('a', 'b', 'c')));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const wishes = createWishes();
        const last = new Map<string, readonly string[]>();
        for (const [secret, paths] of steps) {
          const before = new Set([...last.values()].flat());
          last.set(secret, paths);
          const after = new Set([...last.values()].flat());
          expect(wishes.set(secret, paths.map(ref))).toBe(before.symmetricDifference(after).size > 0);
          expect(new Set(wishes.all().map(({ path }) => path))).toEqual(after);
          for (const path of after)
            expect(new Set(wishes.usersOf(refKey(ref(path))))).toEqual(
              new Set([...last].filter(([, held]) => held.includes(path)).map(([name]) => name)),
            );
        }
      }),
    );
  });
});
