import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentState } from '../../../agent/schedule/state.ts';
import { chance, ModelStore } from './model.ts';
import { SECOND } from './scene.ts';
import { Simulation } from './simulation.ts';
import { checkSound, duration, HOUR, hold, MINUTE, world } from './worlds.ts';

const LONG = { ttlMs: HOUR, maxTtlMs: 1000 * HOUR, renewable: true };

describe('the life of an agent with an application that is told', { timeout: 60_000 }, () => {
  const isKnown = ({ secrets, superseded }: AgentState, leaseId: string): boolean =>
    superseded.some((lease) => lease.leaseId === leaseId) ||
    [...secrets.values()].some(({ held }) => held?.leaseId === leaseId);

  test('lets no lease go that the application uses, before it was told or the time for it was over', () => {
    const lives = fc.record({
      world,
      deaf: fc.double({ min: 0, max: 0.9, noNaN: true }),
      deadline: fc.integer({ min: 1, max: 600 }),
      outages: fc.double({ min: 0, max: 0.3, noNaN: true }),
    });
    let told = 0;
    fc.assert(
      fc.property(lives, ({ world: { store, pollMs, random }, deaf, deadline, outages }) => {
        const faults = chance(7);
        const life = new Simulation({
          store,
          pollMs,
          random,
          latencyMs: () => 50 * random(),
          fault: () =>
            faults() < outages ? { code: 'timeout', message: 'Cannot connect', transient: true } : undefined,
          application: { deadlineMs: deadline * SECOND, listens: () => random() >= deaf },
        });
        life.play(Math.min(duration(store), 30 * MINUTE), (moment) => {
          checkSound(moment);
          for (const { leaseId } of moment.seen?.values() ?? [])
            if (leaseId !== undefined && store.isAlive(leaseId, moment.now))
              hold(isKnown(moment.state, leaseId), `${leaseId} was let go while the application uses it`);
          for (const { giveUpAt } of moment.state.notices)
            hold(giveUpAt > moment.now - MINUTE, 'still owes what was to be given up');
        });
        told += life.told;
      }),
      { numRuns: 100 },
    );
    expect(told).toBeGreaterThan(100);
  });

  test('tells nothing while nothing changes', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = chance(seed);
        const store = new ModelStore(LONG, new Map([['path', { kind: 'kv' }]]));
        const life = new Simulation({
          store,
          pollMs: MINUTE,
          random,
          latencyMs: () => 20 * random(),
          fault: () => undefined,
          application: { deadlineMs: MINUTE, listens: () => true },
        });
        life.play(2 * HOUR);
        expect(life.told).toBe(0);
        store.version += 1;
        life.play(5 * MINUTE);
        expect(life.told).toBe(1);
      }),
      { numRuns: 30 },
    );
  });
});
