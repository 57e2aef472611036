import { expect, test } from 'vitest';
import { createDoorbell } from '../../../injector/cluster/doorbell.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';

const NEVER = new AbortController().signal;

test('what rings while nobody waits is not lost, and counts once', async () => {
  const clock = new SteeredClock();
  const bell = createDoorbell(clock);
  bell.ring();
  bell.ring();
  await bell.wait(60_000, NEVER);
  let isOver = false;
  void bell.wait(60_000, NEVER).finally(() => {
    isOver = true;
  });
  await clock.advance(59_000);
  expect(isOver).toBe(false);
  await clock.advance(1000);
  expect(isOver).toBe(true);
});

test('who waits is woken', async () => {
  const bell = createDoorbell(new SteeredClock());
  const waited = bell.wait(60_000, NEVER);
  bell.ring();
  await expect(waited).resolves.toBeUndefined();
});

test('who is stopped waits no more', async () => {
  const bell = createDoorbell(new SteeredClock());
  const stop = new AbortController();
  const waited = bell.wait(60_000, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waited).rejects.toThrow('stopped');
  await expect(bell.wait(1, stop.signal)).rejects.toThrow('stopped');
});
