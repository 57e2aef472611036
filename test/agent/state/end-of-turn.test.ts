import { expect, test } from 'vitest';
import { atEndOfTurn } from '../../../agent/state/end-of-turn.ts';

test('the changes of one turn are one, and are handed on before the next turn begins', async () => {
  const seen: string[] = [];
  const change = atEndOfTurn<string>(({ before, after }) => seen.push(`${before} to ${after}`));
  change({ before: 'one', after: 'two' });
  change({ before: 'two', after: 'three' });
  expect(seen).toEqual([]);
  await new Promise(setImmediate);
  expect(seen).toEqual(['one to three']);
  change({ before: 'three', after: 'four' });
  await Promise.resolve();
  expect(seen).toEqual(['one to three', 'three to four']);
});

test('a change that is made while one is handed on has a turn of its own', async () => {
  const seen: string[] = [];
  const change = atEndOfTurn<string>(({ before, after }) => {
    seen.push(`${before} to ${after}`);
    if (after === 'two') change({ before: 'two', after: 'three' });
  });
  change({ before: 'one', after: 'two' });
  await new Promise(setImmediate);
  expect(seen).toEqual(['one to two', 'two to three']);
});
