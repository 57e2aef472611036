import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Starts to wait and tells whether the wait is over. */
function wait(ms: number, signal = new AbortController().signal): { readonly outcome: () => string } {
  let outcome = 'waiting';
  systemClock.sleep(ms, signal).then(
    () => (outcome = 'over'),
    (reason: unknown) => (outcome = `ended: ${String(reason)}`),
  );
  return { outcome: () => outcome };
}

test('the time is that of the system', () => {
  vi.setSystemTime(1234);
  expect(systemClock.now()).toBe(1234);
});

describe('waiting', () => {
  test.each([1, 1000, 2 ** 31 - 1, 2 ** 31, 32 * DAY_MS, 365 * DAY_MS])(
    'takes %d ms, not one less and not one more',
    async (ms) => {
      const { outcome } = wait(ms);
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(outcome()).toBe('waiting');
      await vi.advanceTimersByTimeAsync(1);
      expect(outcome()).toBe('over');
    },
  );

  test.each([0, -1])('for %d ms takes no timer at all', async (ms) => {
    const { outcome } = wait(ms);
    await Promise.resolve();
    await Promise.resolve();
    expect(outcome()).toBe('over');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('for ever lasts until it is aborted', async () => {
    const controller = new AbortController();
    const { outcome } = wait(Number.POSITIVE_INFINITY, controller.signal);
    await vi.advanceTimersByTimeAsync(1000 * DAY_MS);
    expect(outcome()).toBe('waiting');
    controller.abort('enough');
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toBe('ended: enough');
  });

  test.each([10, 40 * DAY_MS])(
    'for %d ms ends at once with the reason when aborted, and leaves no timer',
    async (ms) => {
      const controller = new AbortController();
      const { outcome } = wait(ms, controller.signal);
      await vi.advanceTimersByTimeAsync(ms - 5);
      controller.abort(new Error('Stop'));
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome()).toBe('ended: Error: Stop');
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test.each([0, 10])('for %d ms does not begin if already aborted', async (ms) => {
    const { outcome } = wait(ms, AbortSignal.abort('before'));
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome()).toBe('ended: before');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves nothing on the signal once it is over', async () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const { outcome } = wait(100 * DAY_MS, signal);
    await vi.advanceTimersByTimeAsync(100 * DAY_MS);
    expect(outcome()).toBe('over');
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });
});
