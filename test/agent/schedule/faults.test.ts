import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import { chance, ModelStore } from './model.ts';
import { Simulation } from './simulation.ts';
import { checkAlive, checkSound, DOWN, duration, HOUR, MINUTE, world } from './worlds.ts';

describe('the life of an agent, whatever fails', { timeout: 60_000 }, () => {
  test('single failures are tried again in time', () => {
    fc.assert(
      fc.property(world, ({ store, pollMs, random }) => {
        const fault = (): Failure | undefined => (random() < 0.25 ? DOWN : undefined);
        const life = new Simulation({ store, pollMs, random, latencyMs: () => 20 * random(), fault });
        life.play(duration(store), (moment) => {
          checkSound(moment);
          checkAlive(store, moment);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('after an outage of any length every lease in the files is alive again within half a minute', () => {
    const outage = fc.record({
      begin: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: 1, max: 1800 }),
    });
    fc.assert(
      fc.property(world, outage, ({ store, pollMs, random }, { begin, length }) => {
        const life = new Simulation({
          store,
          pollMs,
          random,
          latencyMs: () => 20 * random(),
          fault: (now) => (now >= from && now < until ? DOWN : undefined),
        });
        const from = life.now + begin * 1000;
        const until = from + length * 1000;
        life.play(until - life.now + 31_000, checkSound);
        expect(life.files.size).toBe(store.secrets.size);
        checkAlive(store, life);
      }),
      { numRuns: 100 },
    );
  });

  test('a store that is down is not asked more often than the pauses allow', () => {
    fc.assert(
      fc.property(world, ({ store, pollMs, random }) => {
        let asked = 0;
        const fault = (): Failure => {
          asked += 1;
          return DOWN;
        };
        const life = new Simulation({ store, pollMs, random, latencyMs: () => 1, fault });
        life.play(10 * MINUTE, checkSound);
        // A pod that waits for its first files asks after 2.5 s in the mean: 240 times.
        expect(asked).toBeLessThan(340);
        expect(life.steps).toBeLessThan(4 * asked + 10);
      }),
    );
  });

  test('when the token is revoked, one login follows and every lease is read anew under it', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 61, max: 90 }), ({ store: { secrets }, pollMs, random }, when) => {
        const polled = new Map([...secrets, ['polled', { kind: 'kv' } as const]]);
        const store = new ModelStore({ ttlMs: 10 * HOUR, maxTtlMs: 10 * HOUR, renewable: true }, polled);
        const life = new Simulation({ store, pollMs, random, latencyMs: () => 20, fault: () => undefined });
        life.play(when * 1000);
        for (const grant of store.grants.values())
          if (grant.kind === 'token') grant.expiresAt = Math.min(grant.expiresAt, life.now);
        life.play(pollMs + 1000, checkSound);
        checkAlive(store, life);
        expect(store.logins).toBe(2);
      }),
      { numRuns: 50 },
    );
  });

  test('tokens that are refused as soon as they are granted are fetched with growing pauses', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = chance(seed);
        const store = new ModelStore(
          { ttlMs: HOUR, maxTtlMs: HOUR, renewable: true },
          new Map([['path', { kind: 'kv' }]]),
        );
        const life = new Simulation({
          store,
          pollMs: 1000,
          random,
          latencyMs: () => 5,
          fault: () => undefined,
        });
        life.play(10 * MINUTE, (moment) => {
          checkSound(moment);
          for (const grant of store.grants.values()) grant.expiresAt = 0;
        });
        expect(store.logins).toBeGreaterThan(5);
        expect(store.logins).toBeLessThan(120);
      }),
      { numRuns: 20 },
    );
  });
});
