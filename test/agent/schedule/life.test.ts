import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import { endOf } from '../../../agent/schedule/lifetime.ts';
import { chance, ModelStore, type SecretSpec, type Terms } from './model.ts';
import { type Moment, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const DOWN: Failure = { code: 'unreachable', message: 'Cannot connect', transient: true };

/** Whole seconds, as Vault grants them; a life of 4 s is the shortest that a store is asked for in practice. */
const terms = fc
  .record({
    ttl: fc.integer({ min: 4, max: 7200 }),
    times: fc.integer({ min: 1, max: 8 }),
    rest: fc.double({ min: 0, max: 1, noNaN: true }),
    renewable: fc.boolean(),
  })
  .map(({ ttl, times, rest, renewable }): Terms => {
    return { ttlMs: ttl * 1000, maxTtlMs: Math.floor(ttl * (times + rest)) * 1000, renewable };
  });

const secret: fc.Arbitrary<SecretSpec> = fc.oneof(
  fc.constant({ kind: 'kv' } as const),
  terms.map((granted) => ({ kind: 'leased', ...granted }) as const),
  fc.integer({ min: 4, max: 7200 }).map((ttl) => ({ kind: 'expiring', ttlMs: ttl * 1000 }) as const),
);

const world = fc
  .record({ token: terms, secrets: fc.array(secret, { minLength: 1, maxLength: 5 }), seed: fc.integer() })
  .map(({ token, secrets, seed }) => ({
    store: new ModelStore(token, new Map(secrets.map((spec, index) => [`path/${index}`, spec]))),
    pollMs: MINUTE,
    random: chance(seed),
  }));

/** Long enough to see several renewals and replacements of the shorter lives, short enough to be played in milliseconds. */
function duration({ token, secrets }: ModelStore): number {
  const ttls = [...secrets.values()].flatMap((spec) => (spec.kind === 'kv' ? [] : [spec.ttlMs]));
  return Math.min(12 * Math.min(token.ttlMs, ...ttls) + MINUTE, 4 * HOUR);
}

/** `expect` is too slow for every moment of a life. */
function hold(fact: boolean, message: string): void {
  if (!fact) throw new Error(message);
}

/** What holds at every moment, whatever the store does. */
function checkSound({ now, plan, state }: Moment): void {
  hold(plan.wakeAt > now, 'looks again at once, though nothing has happened');
  for (const action of plan.actions) {
    if ('session' in action) hold(endOf(action.session.term) > now, 'uses a token that has ended');
    if (action.type !== 'renew') continue;
    const held = [...state.secrets.values()].find((one) => one.held?.leaseId === action.leaseId)?.held;
    const lease = held ?? state.superseded.find((one) => one.leaseId === action.leaseId);
    hold(lease !== undefined && endOf(lease.term) > now, 'renews a lease that has ended');
    hold(lease?.session === action.session.id, 'renews a lease through a session that did not make it');
  }
}

function checkAlive(store: ModelStore, { now, files }: Pick<Moment, 'now' | 'files'>): void {
  for (const [path, { leaseId }] of files)
    hold(leaseId === undefined || store.isAlive(leaseId, now), `${path} stands in the files past its end`);
}

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
        expect(asked).toBeLessThan(120);
        expect(life.steps).toBeLessThan(4 * asked + 10);
      }),
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

  test('when the token is revoked, one login follows and every lease is read anew under it', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 61, max: 90 }), ({ store: { secrets }, pollMs, random }, when) => {
        const polled = new Map([...secrets, ['polled', { kind: 'kv' } as const]]);
        const store = new ModelStore({ ttlMs: 10 * HOUR, maxTtlMs: 10 * HOUR, renewable: true }, polled);
        const life = new Simulation({ store, pollMs, random, latencyMs: () => 20, fault: () => undefined });
        life.play(when * 1000);
        for (const grant of store.grants.values()) grant.expiresAt = Math.min(grant.expiresAt, life.now);
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
