import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../servers/eventually.ts';
import { guardLoop, type LoopGuard } from '../../../injector/server/loop-lag.ts';

let guard: LoopGuard | undefined;

afterEach(() => guard?.stop());

/** Keeps the loop from turning. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('a loop that hardly turns is noticed, and that it turns again', async () => {
  guard = guardLoop({ windowMs: 300, limitMs: 60 });
  const { lateBy } = guard;
  let blocking = true;
  const blocked = (): void => {
    block(150);
    if (blocking) setImmediate(blocked);
  };
  setImmediate(blocked);
  await eventually('a late loop', 20_000, () => {
    expect(lateBy()).toBeGreaterThan(0.06);
    return Promise.resolve();
  });
  blocking = false;
  await eventually('a loop in time', 20_000, () => {
    expect(lateBy()).toBeUndefined();
    return Promise.resolve();
  });
});
