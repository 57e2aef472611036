import { describe, expect, test } from 'vitest';
import { lead } from '#platform/kubernetes/lease.ts';
import { run, scene, untilLost } from './lease-candidate.ts';
import { CUT, PROMPT } from './lease-world.ts';

const METADATA = { namespace: 'sidekey', name: 'sync' };

describe('an election', () => {
  test('ends when stopped while another leads', async () => {
    const { clock, world } = scene();
    run(world, clock, 'one');
    await clock.settle();
    const two = run(world, clock, 'two');
    await clock.advance(3000);
    two.stop.abort(new Error('stopped'));
    expect(await two.ended).toBeUndefined();
    expect(two.diary).toEqual([]);
  });

  test('ends when stopped while the API server does not answer', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    one.fate = CUT;
    await clock.advance(5000);
    one.stop.abort(new Error('stopped'));
    expect(await one.ended).toBeUndefined();
  });

  test('does nothing when stopped beforehand', async () => {
    const { clock, world } = scene();
    const election = { ...METADATA, identity: 'one', clock, random: () => 0 };
    await lead(
      world.client(() => PROMPT),
      election,
      untilLost,
      AbortSignal.abort(new Error('stopped')),
    );
    expect(world.asked).toEqual([]);
  });

  test('ends with work that ends by itself, and others need not wait', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one', () => Promise.resolve());
    expect(await one.ended).toBeUndefined();
    expect(one.diary).toEqual(['began', 'done']);
    expect(world.spec).toMatchObject({ holderIdentity: '' });
  });

  test('ends with what the work throws, and others need not wait', async () => {
    const { clock, world } = scene();
    const bug = new TypeError('x is not a function');
    const one = run(world, clock, 'one', () => Promise.reject(bug));
    expect(await one.ended).toBe(bug);
    expect(world.spec).toMatchObject({ holderIdentity: '' });
  });

  test('goes on through faults and tells of them', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    one.fate = CUT;
    await clock.advance(10_000);
    expect(one.faults.length).toBeGreaterThan(1);
    expect(one.faults[0]).toMatchObject({ reason: 'timeout' });
    one.fate = PROMPT;
    await clock.advance(5000);
    expect(one.diary).toEqual(['began']);
  });

  test.each([{ durationMs: 10_000 }, { renewMs: 15_000 }, { retryMs: 10_000 }, { retryMs: 0 }])(
    'with times that cannot be kept is refused: %o',
    async (times) => {
      const { clock, world } = scene();
      const election = { ...METADATA, identity: 'one', clock, random: () => 0, ...times };
      const outcome = lead(
        world.client(() => PROMPT),
        election,
        untilLost,
        new AbortController().signal,
      );
      await expect(outcome).rejects.toThrow(RangeError);
    },
  );
});
