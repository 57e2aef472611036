import { describe, expect, test } from 'vitest';
import { DONE, type Outcome, WorkQueue } from '../../../agent/sync/work-queue.ts';
import { SteeredClock } from '../steered-clock.ts';

/** A queue whose work ends when the test says so. */
class Stage {
  readonly clock = new SteeredClock();
  readonly begun: string[] = [];
  readonly since: number[] = [];
  readonly #ends: ((outcome: Outcome) => void)[] = [];
  readonly queue: WorkQueue;

  constructor(concurrency = 2) {
    this.queue = new WorkQueue({
      work: (key, since) => {
        this.begun.push(key);
        this.since.push(since);
        return new Promise((resolve) => {
          this.#ends.push(resolve);
        });
      },
      concurrency,
      clock: this.clock,
      random: () => 1,
    });
  }

  /** Ends the oldest work under way. */
  async end(outcome: Outcome = DONE): Promise<void> {
    this.#ends.shift()?.(outcome);
    await settled();
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe('a queue of work', () => {
  test('begins in the order of adding, so many at a time', async () => {
    const { queue, begun, end } = bound(new Stage());
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(begun).toEqual(['a', 'b']);
    expect(queue.depth).toBe(3);
    await end();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('does once what is asked for several times before it begins', async () => {
    const { queue, begun, end } = bound(new Stage(1));
    for (const key of ['a', 'b', 'b', 'b']) queue.add(key);
    await end();
    await end();
    expect(begun).toEqual(['a', 'b']);
  });

  test('does again what is asked for while it is under way, never twice at a time', async () => {
    const { queue, begun, end } = bound(new Stage());
    queue.add('a');
    queue.add('a');
    expect(begun).toEqual(['a']);
    await end();
    expect(begun).toEqual(['a', 'a']);
  });

  test('tells since when each was due', async () => {
    const stage = new Stage(1);
    stage.queue.add('a');
    const start = stage.clock.now();
    stage.queue.add('b');
    await stage.clock.advance(500);
    await stage.end();
    expect(stage.since).toEqual([start, start]);
  });

  test('tries again what failed, after a pause that grows or that was asked for', async () => {
    const stage = new Stage();
    const { queue, begun, clock } = stage;
    queue.add('a');
    await stage.end({ done: false });
    await clock.advance(249);
    expect(begun).toHaveLength(1);
    await clock.advance(1);
    expect(begun).toHaveLength(2);
    await stage.end({ done: false });
    await clock.advance(499);
    expect(begun).toHaveLength(2);
    await clock.advance(1);
    expect(begun).toHaveLength(3);
    await stage.end({ done: false, retryAfterMs: 10_000 });
    await clock.advance(9999);
    expect(begun).toHaveLength(3);
    await clock.advance(1001);
    expect(begun).toHaveLength(4);
  });

  test('leaves half of the places to what has not failed, however much that failed is tried again', async () => {
    const stage = new Stage(4);
    const { queue, begun, clock } = stage;
    const bad = Array.from({ length: 8 }, (_, number) => `bad-${number}`);
    for (const key of bad) queue.add(key);
    for (const _ of bad) await stage.end({ done: false });
    await clock.advance(60_000);
    expect(begun.slice(bad.length)).toHaveLength(2);
    queue.add('good');
    queue.add('another');
    expect(begun.slice(-2)).toEqual(['good', 'another']);
    for (let count = 0; count < 10; count += 1) await stage.end();
    expect(new Set(begun.slice(bad.length))).toEqual(new Set([...bad, 'good', 'another']));
  });

  test('does not wait for the pause if there is a new reason', async () => {
    const stage = new Stage();
    stage.queue.add('a');
    await stage.end({ done: false });
    stage.queue.add('a');
    expect(stage.begun).toHaveLength(2);
    await stage.end();
    await stage.clock.advance(60_000);
    expect(stage.begun).toHaveLength(2);
  });

  test('begins nothing once it is closed, and closes when all has ended', async () => {
    const stage = new Stage(1);
    stage.queue.add('a');
    stage.queue.add('b');
    let closed = false;
    const closing = stage.queue.close().then(() => (closed = true));
    await settled();
    expect(closed).toBe(false);
    await stage.end({ done: false });
    await closing;
    await stage.clock.advance(60_000);
    expect(stage.begun).toEqual(['a']);
  });
});

const bound = (stage: Stage) => ({
  queue: stage.queue,
  begun: stage.begun,
  end: (outcome?: Outcome) => stage.end(outcome),
});
