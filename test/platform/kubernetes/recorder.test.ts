import { describe, expect, test, vi } from 'vitest';
import type { KubernetesReason } from '#platform/kubernetes/errors.ts';
import { about, bodies, FAILED, scene } from './event-scene.ts';

describe('a recorder', () => {
  test('sends what came together once, with its count', async () => {
    const here = scene();
    here.stuck = true;
    here.recorder.record(about('first'));
    await here.clock.settle();
    for (let times = 0; times < 5; times += 1) here.recorder.record(FAILED);
    here.stuck = false;
    await here.clock.advance(3_600_000);
    expect(bodies(here).map(({ count }) => count)).toEqual([1, 5]);
  });

  test('holds 256, and leaves out the oldest', async () => {
    const here = scene();
    here.stuck = true;
    here.recorder.record(about('first'));
    await here.clock.settle();
    for (let number = 0; number < 300; number += 1) here.recorder.record(about(`s-${number}`));
    expect(here.lost).toEqual(Array.from({ length: 44 }, () => 'full'));
    here.stuck = false;
    await here.clock.advance(3_600_000);
    const names = bodies(here).map((body) => body['metadata']);
    expect(names).toHaveLength(257);
    expect(names[1]).toMatchObject({ generateName: 's-44.' });
    expect(names.at(-1)).toMatchObject({ generateName: 's-299.' });
  });

  test('tries again while the API server restarts', async () => {
    const { clock, recorder, calls, lost, faults } = scene();
    faults.push('unreachable', 'server_error', 'timeout');
    recorder.record(FAILED);
    await clock.advance(10_000);
    expect(calls).toHaveLength(4);
    expect(lost).toEqual([]);
  });

  test.each<[string, readonly KubernetesReason[], string]>([
    ['nothing helps', ['unreachable', 'unreachable', 'unreachable', 'timeout'], 'timeout'],
    ['it may not', ['forbidden'], 'forbidden'],
  ])('tells of an Event that is lost because %s, and goes on', async (_, reasons, told) => {
    const { clock, recorder, calls, lost, faults } = scene();
    faults.push(...reasons);
    recorder.record(FAILED);
    recorder.record(about('other'));
    await clock.advance(10_000);
    expect(lost).toEqual([told]);
    expect(calls.at(-1)?.body).toMatchObject({ involvedObject: { name: 'other' } });
  });

  test('sends what waits before it closes, and nothing from then on', async () => {
    const { clock, recorder, calls } = scene();
    recorder.record(FAILED);
    recorder.record(about('other'));
    await recorder.close();
    expect(calls).toHaveLength(2);
    recorder.record(about('late'));
    await clock.settle();
    expect(calls).toHaveLength(2);
  });

  test('closes within two seconds, whatever the API server does', async () => {
    const here = scene();
    here.stuck = true;
    here.recorder.record(FAILED);
    here.recorder.record(about('other'));
    const closed = vi.fn<() => void>();
    const closing = here.recorder.close().then(closed);
    await here.clock.advance(1999);
    expect(closed).not.toHaveBeenCalled();
    await here.clock.advance(1);
    await closing;
    expect(here.lost).toHaveLength(2);
  });

  test('with nothing to send closes at once', async () => {
    const { recorder, calls } = scene();
    await recorder.close();
    expect(calls).toEqual([]);
  });
});
