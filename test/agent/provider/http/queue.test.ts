import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { queued } from '../../../../agent/provider/http/queue.ts';

test('only so many are under way, and the next begins when one has ended, be it well or not', async () => {
  const begun: number[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const act = queued((asked: number) => {
    begun.push(asked);
    const end = Promise.withResolvers<number>();
    ends.push(end);
    return end.promise;
  }, 2);
  const all = Promise.allSettled([1, 2, 3, 4, 5].map((asked) => act(asked)));
  await turn();
  expect(begun).toEqual([1, 2]);
  ends[1]?.reject(new Error('Lost'));
  await turn();
  expect(begun).toEqual([1, 2, 3]);
  for (const end of ends) end.resolve(7);
  await turn();
  for (const end of ends) end.resolve(7);
  expect((await all).map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
  expect(begun).toEqual([1, 2, 3, 4, 5]);
});
