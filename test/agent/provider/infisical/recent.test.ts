import { expect, test } from 'vitest';
import { Recent } from '../../../../agent/provider/infisical/recent.ts';

const HOUR = 3_600_000;

test('what is asked for is kept, and what is not is forgotten within two hours', () => {
  let now = 0;
  const recent = new Recent<number>(() => now);
  recent.set('used', 1);
  recent.set('unused', 2);
  for (; now < 5 * HOUR; now += HOUR / 2) expect(recent.get('used')).toBe(1);
  expect(recent.get('unused')).toBeUndefined();
});

test('what is not asked for is still there after half an hour, and gone after a pause of hours', () => {
  let now = 0;
  const recent = new Recent<number>(() => now);
  recent.set('a', 1);
  now = HOUR / 2;
  expect(recent.get('a')).toBe(1);
  now = 4 * HOUR;
  expect(recent.get('a')).toBeUndefined();
});

test('holds no more than was used lately, however many keys there have been', () => {
  let now = 0;
  const recent = new Recent<number>(() => now);
  for (let key = 0; key < 10_000; key += 1) {
    recent.set(String(key), key);
    now += HOUR / 100;
  }
  const kept = Array.from({ length: 10_000 }, (_, key) => recent.get(String(key))).filter(
    (value) => value !== undefined,
  );
  expect(kept.length).toBeLessThanOrEqual(200);
});

test('what is deleted is gone at once', () => {
  let now = 0;
  const recent = new Recent<number>(() => now);
  recent.set('a', 1);
  now = HOUR;
  recent.get('b');
  recent.delete('a');
  expect(recent.get('a')).toBeUndefined();
});
