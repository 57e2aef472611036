import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IN_A_ROW, REFILL_MS } from '../../../agent/schedule/allowance.ts';
import type { Event } from '../../../agent/schedule/state.ts';
import { failure, HOUR, leased, POLL_MS, rendered, type Scene, SECOND, TARGET } from './scene.ts';

/** A file that somebody is told of, as it was first rendered; the token lives for long. */
const watched = (kind: 'static' | 'polled' = 'static'): Scene =>
  rendered({ kind }, leased(100 * HOUR)).watched('first');

const notify = (commit: number): Extract<Event, { type: 'failed' }>['action'] => ({
  type: 'notify',
  target: TARGET,
  kind: 'http',
  commit,
});

describe('a change', () => {
  test('is told shortly after it was committed, once', () => {
    const scene = watched().watched('second');
    expect(scene.todo).toEqual([]);
    expect(scene.pause).toBeGreaterThanOrEqual(100);
    expect(scene.pause).toBeLessThan(300);
    expect(scene.wait(300).todo).toEqual([`tell ${TARGET} of 3`]);
    expect(scene.tell().wait(HOUR / 2).todo).toEqual([]);
    expect(scene.state.tellings.size).toBe(0);
  });

  test.each([
    ['the first time that the file is there', (scene: Scene) => scene],
    ['bytes that are as they were', (scene: Scene) => scene.watched('first')],
    ['a file that nobody is told of', (scene: Scene) => scene.render()],
  ])('is not %s', (_, happen) => {
    expect(happen(watched()).state.notices).toEqual([]);
  });

  test('of several files is told to a target once, and to each of several targets', () => {
    const scene = watched()
      .watched('first', { name: 'other' })
      .watched('first', { name: 'third', target: 'B' });
    const file = (name: string, target: string): object => ({
      name,
      used: [],
      watch: { target, kind: 'http', deadlineMs: 1000, mark: 'second' },
    });
    const files = [file('file', TARGET), file('other', TARGET), file('third', 'B')];
    const event = { type: 'rendered', revision: 0, files, missing: [], changed: [] };
    scene.happen(event as unknown as Event).wait(300);
    expect(scene.todo.filter((action) => action.startsWith('tell'))).toEqual([
      `tell ${TARGET} of 5`,
      'tell B of 5',
    ]);
  });

  test('that follows before anything was told is told with it, no later than that would have been', () => {
    const scene = watched().watched('second');
    const due = scene.pause;
    expect(scene.wait(90).watched('third').pause).toBe(due - 90);
    expect(scene.wait(due).todo).toEqual([`tell ${TARGET} of 4`]);
    expect(scene.tell().state.notices).toEqual([]);
  });

  test('that follows while another is being told is told after it', () => {
    const scene = watched().watched('second').wait(300);
    scene.watched('third').happen({ type: 'notified', target: TARGET, kind: 'http', commit: 3 });
    expect(scene.todo).toEqual([]);
    expect(scene.wait(300).todo).toEqual([`tell ${TARGET} of 4`]);
  });

  test('that a file with a fault could not take in is no change of it', () => {
    const scene = watched();
    const faulty = { name: 'file', used: [], failure: failure('template') };
    const whole = { name: 'other', used: [] };
    scene.happen({ type: 'rendered', revision: 0, files: [faulty, whole], missing: [], changed: ['other'] });
    expect(scene.state.notices).toEqual([]);
    expect(scene.watched('first').state.notices).toEqual([]);
    expect(scene.watched('second').state.notices).toHaveLength(1);
  });
});

describe('a target that cannot be told', () => {
  test('is tried again at growing intervals, the last time when the time is over, and then given up', () => {
    const scene = watched()
      .watched('second', { deadlineMs: 60 * SECOND })
      .wait(300);
    const begun = scene.now;
    const pauses: number[] = [];
    while (scene.state.notices.length > 0) {
      scene.fail(`tell ${TARGET} of 3`, failure('notify', { transient: true }));
      pauses.push(Math.min(scene.pause, 1e6));
      scene.wait(scene.state.notices.length > 0 ? scene.pause : 0);
    }
    expect(pauses.slice(0, 5)).toEqual([188, 375, 750, 1500, 3000]);
    expect(scene.now - begun).toBe(60 * SECOND - 300);
    expect(scene.state.tellings.size).toBe(0);
  });

  test('is left alone for as long as it asks', () => {
    const scene = watched().watched('second').wait(300);
    scene.fail(`tell ${TARGET} of 3`, failure('notify', { transient: true, retryAfterMs: 20 * SECOND }));
    expect(scene.pause).toBeGreaterThanOrEqual(20 * SECOND);
  });

  test('is told for the last time when the time is over, however long it asks to be left alone', () => {
    const scene = watched()
      .watched('second', { deadlineMs: 60 * SECOND })
      .wait(300);
    scene.fail(`tell ${TARGET} of 3`, failure('notify', { transient: true, retryAfterMs: HOUR }));
    expect(scene.pause).toBe(60 * SECOND - 300);
  });

  test('for a reason that does not pass is tried only once more, in the end', () => {
    const scene = watched()
      .watched('second', { deadlineMs: 60 * SECOND })
      .wait(300);
    scene.fail(`tell ${TARGET} of 3`, failure('notify', { transient: false }));
    expect(scene.state.tellings.get(TARGET)?.due).toBe(scene.state.notices[0]?.giveUpAt);
    expect(scene.state.notices).toHaveLength(1);
  });

  test('does not hold up another, nor the reading of secrets', () => {
    const scene = watched('polled').watched('first', { name: 'other', target: 'B' }).watched('second');
    scene.watched('second', { name: 'other', target: 'B' }).wait(POLL_MS);
    expect(scene.todo).toEqual(['read a through 1', `tell ${TARGET} of 4`, 'tell B of 5']);
  });

  test('is told of what follows, though what went before was given up', () => {
    const scene = watched()
      .watched('second', { deadlineMs: SECOND })
      .wait(2 * SECOND);
    scene.happen({ type: 'failed', action: notify(3), failure: failure('notify') });
    expect(scene.state.notices).toEqual([]);
    expect(scene.watched('third').wait(300).todo).toEqual([`tell ${TARGET} of 4`]);
  });

  test('keeps its pause when another change is committed', () => {
    const scene = watched().watched('second').wait(300);
    for (let time = 0; time < 6; time += 1) {
      scene.happen({ type: 'failed', action: notify(3), failure: failure('notify', { transient: true }) });
    }
    const { pause } = scene;
    expect(scene.watched('third').pause).toBe(pause);
  });
});

describe('a target that is told again and again', () => {
  const often = (times: number): Scene => {
    const scene = watched();
    for (let time = 0; time < times; time += 1) {
      scene.watched(`change ${time}`);
      scene.wait(scene.pause).tell();
    }
    return scene;
  };

  test('is told so many times in a row as soon as it changes, and then once in a while of all that has changed', () => {
    const scene = often(IN_A_ROW + 4);
    expect(scene.watched('one more').pause).toBeGreaterThan(300);
    expect(scene.pause).toBeLessThanOrEqual(REFILL_MS);
    scene.watched('and another').wait(REFILL_MS);
    expect(scene.todo).toEqual([`tell ${TARGET} of ${scene.state.commits}`]);
    expect(scene.tell().state.notices).toEqual([]);
  });

  test('is told at once again when it has been left alone for a while', () => {
    const scene = often(2 * IN_A_ROW).wait(IN_A_ROW * REFILL_MS);
    expect(scene.watched('one more').pause).toBeLessThan(300);
  });

  test('holds up no other target', () => {
    const scene = often(2 * IN_A_ROW).watched('first', { name: 'other', target: 'B' });
    scene.watched('one more').watched('second', { name: 'other', target: 'B' });
    expect(scene.wait(300).todo).toEqual([`tell B of ${scene.state.commits}`]);
  });

  test('is not held up by a clock that was set back', () => {
    const scene = often(2 * IN_A_ROW).wait(-5 * HOUR);
    expect(scene.watched('one more').pause).toBeLessThanOrEqual(REFILL_MS);
  });

  test('and takes in nothing is told for the last time no later than it would be', () => {
    const scene = often(2 * IN_A_ROW).watched('one more', { deadlineMs: 1000 });
    scene.wait(REFILL_MS).happen({ type: 'failed', action: notify(99), failure: failure('notify') });
    expect(scene.state.notices).toEqual([]);
  });
});

test('no target is told more often than it is allowed, whatever happens', () => {
  const pauses = fc.array(fc.nat({ max: REFILL_MS }), { minLength: 40, maxLength: 80 });
  fc.assert(
    fc.property(pauses, fc.infiniteStream(fc.boolean()), (gaps, listens) => {
      const scene = watched();
      const times: number[] = [];
      for (const [index, gap] of gaps.entries()) {
        scene.watched(`change ${index}`).wait(gap);
        const told = scene.plan.actions.find(({ type }) => type === 'notify');
        if (told?.type !== 'notify') continue;
        times.push(scene.now);
        scene.happen(
          listens.next().value
            ? { ...told, type: 'notified' }
            : { type: 'failed', action: told, failure: failure('notify', { transient: true }) },
        );
      }
      const most = (ms: number): number => IN_A_ROW + ms / REFILL_MS;
      for (const [start, from] of times.entries())
        for (const [more, to] of times.slice(start).entries())
          expect(more + 1).toBeLessThanOrEqual(most(to - from));
    }),
  );
});
