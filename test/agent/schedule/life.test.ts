import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chance, ModelStore } from './model.ts';
import { Simulation } from './simulation.ts';
import { checkAlive, checkSound, duration, hold, HOUR, MINUTE, terms, world } from './worlds.ts';

describe('the life of an agent, whatever the store grants', { timeout: 60_000 }, () => {
  test('no lease stands in the files past its end, nor past the end of its token', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 100 }), ({ store, pollMs, random }, latency) => {
        const life = new Simulation({
          store,
          pollMs,
          random,
          latencyMs: () => latency * random(),
          fault: () => undefined,
        });
        life.play(duration(store), (moment) => {
          checkSound(moment);
          checkAlive(store, moment);
        });
        expect(life.commits).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  test('a lease has more than a third of its life left at every moment', () => {
    fc.assert(
      fc.property(world, ({ store, pollMs, random }) => {
        const life = new Simulation({
          store,
          pollMs,
          random,
          latencyMs: () => 20 * random(),
          fault: () => undefined,
        });
        life.play(duration(store), ({ now, files }) => {
          for (const [path, { leaseId }] of files)
            hold(leaseId === undefined || store.shareLeft(leaseId, now) > 1 / 3, `${path} is replaced late`);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('while nothing changes, nothing is rendered after the first time', () => {
    const kv = fc.array(fc.constant({ kind: 'kv' } as const), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(kv, terms, fc.integer(), (secrets, token, seed) => {
        const store = new ModelStore(token, new Map(secrets.map((spec, index) => [`path/${index}`, spec])));
        const random = chance(seed);
        const life = new Simulation({
          store,
          pollMs: 1000,
          random,
          latencyMs: () => 5 * random(),
          fault: () => undefined,
        });
        life.play(MINUTE);
        const { renders } = life;
        life.play(10 * MINUTE, checkSound);
        expect(life.commits).toBe(1);
        expect(life.renders).toBe(renders);
      }),
      { numRuns: 30 },
    );
  });

  test('a change is in the files within the poll interval and 100 ms', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 3000 }), (seed, offset) => {
        const random = chance(seed);
        const secrets = new Map(
          Array.from({ length: 5 }, (_, index) => [`path/${index}`, { kind: 'kv' } as const]),
        );
        const store = new ModelStore({ ttlMs: HOUR, maxTtlMs: HOUR, renewable: true }, secrets);
        const life = new Simulation({
          store,
          pollMs: 1000,
          random,
          latencyMs: () => 20,
          fault: () => undefined,
        });
        life.play(10_000 + offset);
        store.version += 1;
        life.play(1100);
        expect([...life.files.values()].map(({ body }) => body)).toEqual(
          [...secrets.keys()].map((path) => `${path} 1`),
        );
      }),
    );
  });

  test('logs in no more often than the life of the token asks for', () => {
    fc.assert(
      fc.property(world, ({ store, pollMs, random }) => {
        const life = new Simulation({
          store,
          pollMs,
          random,
          latencyMs: () => 20 * random(),
          fault: () => undefined,
        });
        const time = duration(store);
        life.play(time);
        const { ttlMs, maxTtlMs, renewable } = store.token;
        const shortest = renewable ? Math.max(maxTtlMs - ttlMs, ttlMs * 0.45) : ttlMs * 0.45;
        expect(store.logins).toBeLessThanOrEqual(1 + Math.ceil(time / shortest));
      }),
    );
  });
});
