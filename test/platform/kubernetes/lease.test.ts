import { describe, expect, test } from 'vitest';
import { run, scene, untilLost } from './lease-candidate.ts';
import { CUT, PROMPT } from './lease-world.ts';

describe('the lead', () => {
  test('is taken at once where nobody has it, and renewed every two seconds', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    expect(one.diary).toEqual(['began']);
    expect(world.lease).toMatchObject({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: 'sidekey', name: 'sync' },
      spec: {
        holderIdentity: 'one',
        leaseDurationSeconds: 15,
        acquireTime: '2027-01-15T08:00:00.000000Z',
        renewTime: '2027-01-15T08:00:00.000000Z',
        leaseTransitions: 0,
      },
    });
    await clock.advance(4000);
    expect(world.spec).toMatchObject({
      acquireTime: '2027-01-15T08:00:00.000000Z',
      renewTime: '2027-01-15T08:00:04.000000Z',
      leaseTransitions: 0,
    });
    expect(world.asked).toEqual(['GET sync', 'POST leases', 'PUT sync', 'PUT sync']);
  });

  test('is released when stopped, as soon as the work has ended, and not before', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one', async (lost) => {
      await untilLost(lost).catch(() => undefined);
      await clock.sleep(30_000, new AbortController().signal);
    });
    await clock.settle();
    const two = run(world, clock, 'two');
    one.stop.abort(new Error('stopped'));
    await clock.advance(29_000);
    expect(one.diary).toEqual(['began', 'lost']);
    expect(two.diary).toEqual([]);
    expect(world.spec).toMatchObject({ holderIdentity: 'one' });
    await clock.advance(1000);
    expect(await one.ended).toBeUndefined();
    expect(world.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.advance(2000);
    expect(two.diary).toEqual(['began']);
    expect(world.spec).toMatchObject({
      holderIdentity: 'two',
      leaseTransitions: 1,
      leaseDurationSeconds: 15,
    });
  });

  test('of one that is gone without a word is taken after the whole duration', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    one.fate = CUT;
    const two = run(world, clock, 'two');
    // Eight looks, two seconds apart, for fifteen seconds.
    await clock.advance(15_999);
    expect(two.diary).toEqual([]);
    await clock.advance(1);
    expect(two.diary).toEqual(['began']);
    expect(one.diary).toEqual(['began', 'lost']);
  });

  test('is lost when it cannot be renewed, and tried for again', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.advance(2000);
    one.fate = CUT;
    await clock.advance(9999);
    expect(one.diary).toEqual(['began']);
    await clock.advance(1);
    expect(one.diary).toEqual(['began', 'lost']);
    expect(one.faults.map(({ reason }) => reason)).toContain('timeout');
    one.fate = PROMPT;
    await clock.advance(5000);
    expect(one.diary).toEqual(['began', 'lost', 'began']);
  });

  test('is lost at once when another has it', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    world.seize('two');
    await clock.advance(2000);
    expect(one.diary).toEqual(['began', 'lost']);
    one.stop.abort(new Error('stopped'));
    expect(await one.ended).toBeUndefined();
    // What is another's is not released.
    expect(world.spec).toMatchObject({ holderIdentity: 'two' });
  });

  test('is lost at once when the Lease is deleted', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    world.lease = undefined;
    await clock.advance(2000);
    expect(one.diary.slice(0, 2)).toEqual(['began', 'lost']);
  });

  test('is kept when a renewal’s answer got lost', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    one.fate = { beforeMs: 0, afterMs: 60_000, lost: false };
    await clock.advance(4000);
    one.fate = PROMPT;
    await clock.advance(60_000);
    expect(one.diary).toEqual(['began']);
  });

  test('is kept when somebody else writes on the Lease, and what was written stays', async () => {
    const { clock, world } = scene();
    const one = run(world, clock, 'one');
    await clock.settle();
    world.lease = { ...world.lease, metadata: { name: 'sync', annotations: { note: 'kept' } } };
    world.seize('one');
    await clock.advance(4000);
    expect(one.diary).toEqual(['began']);
    expect(world.lease).toMatchObject({ metadata: { annotations: { note: 'kept' } } });
  });
});
