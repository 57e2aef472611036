import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../agent/schedule/attempt.ts';
import { chance, ModelStore } from './model.ts';
import { failure, HOUR, leased, POLL_MS, Scene } from './scene.ts';
import { Simulation } from './simulation.ts';
import { checkSound, DOWN, duration, MINUTE, world } from './worlds.ts';

const POLLED = { kind: 'polled' } as const;
const OF_INFISICAL = 'infisical:app/dev';

const twoStores = (): Scene => new Scene(undefined, ['vault', 'infisical']);

/** Logged in to both, a secret of each read and rendered. */
function mixed(): Scene {
  const scene = twoStores().miss('a', OF_INFISICAL);
  scene.login().login(leased(HOUR), 'infisical');
  return scene.read('a', leased(HOUR), { leaseId: 'lease-1' }).read(OF_INFISICAL, POLLED).render();
}

describe('an agent with two stores', () => {
  test('logs in to both at once, and reads of each through its own session', () => {
    const scene = twoStores().miss('a', OF_INFISICAL);
    expect(scene.todo).toEqual(['login', 'login infisical']);
    scene.login(leased(HOUR), 'infisical');
    expect(scene.todo).toEqual(['login', `read ${OF_INFISICAL} through 1`]);
    scene.login();
    expect(scene.todo).toEqual(['read a through 2', `read ${OF_INFISICAL} through 1`]);
  });

  test('goes on reading of the one while the other refuses its login', () => {
    const scene = twoStores().miss('a', OF_INFISICAL);
    scene.login().fail('login infisical', failure('login_refused', { retryAfterMs: 60_000 }));
    expect(scene.todo).toEqual(['read a through 1']);
    scene.read('a', POLLED).wait(59_000);
    expect(scene.todo).not.toContain('login infisical');
  });

  test('logs in anew only where the token was lost', () => {
    const scene = mixed().wait(2 * POLL_MS);
    scene.fail(`read ${OF_INFISICAL} through 2`, failure('token_invalid'));
    expect(scene.todo).toEqual(['login infisical']);
    scene.login(leased(HOUR), 'infisical');
    expect(scene.todo).toEqual([`read ${OF_INFISICAL} through 3`]);
    expect(scene.logins().current?.id).toBe(1);
  });

  test('lets a lease be while the other store’s session is replaced', () => {
    const scene = mixed().wait(1000).login(leased(HOUR), 'infisical');
    expect(scene.todo).toEqual([]);
    expect(scene.logins('infisical').former).toMatchObject([{ id: 2 }]);
    expect(scene.logins().former).toEqual([]);
  });

  test('renews each token through its own session', () => {
    const scene = mixed().wait(HOUR / 2);
    expect(scene.todo).toEqual(expect.arrayContaining(['renew token 1', 'renew token 2']));
    scene.happen({ type: 'token_renewed', session: 2, lifetime: leased(HOUR) });
    expect(scene.todo).toContain('renew token 1');
    expect(scene.todo).not.toContain('renew token 2');
  });
});

describe('the life of an agent with two stores', { timeout: 60_000 }, () => {
  const second = world.map(({ store }) => {
    const named = [...store.secrets].map(([path, spec]) => [`infisical/${path}`, spec] as const);
    return new ModelStore(store.token, new Map(named), 'of-infisical-');
  });

  test('is as sound as with one', () => {
    fc.assert(
      fc.property(world, second, ({ store, pollMs, random }, infisical) => {
        const fault = (): Failure | undefined => (random() < 0.1 ? DOWN : undefined);
        const latencyMs = (): number => 20 * random();
        const life = new Simulation({ store, infisical, pollMs, random, latencyMs, fault });
        life.play(Math.min(duration(store), duration(infisical)), checkSound);
        expect(life.files.size === 0 || life.files.size === store.secrets.size + infisical.secrets.size).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each(['vault', 'infisical'] as const)('an outage of %s leaves the other rotating', (down) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const token = { ttlMs: HOUR, maxTtlMs: 8 * HOUR, renewable: true };
        const store = new ModelStore(token, new Map([['of-vault', { kind: 'kv' }]]));
        const infisical = new ModelStore(token, new Map([['of-infisical', { kind: 'kv' }]]));
        let broken = false;
        const life = new Simulation({
          store,
          infisical,
          pollMs: MINUTE,
          random: chance(seed),
          latencyMs: () => 5,
          fault: (_, name) => (broken && name === down ? DOWN : undefined),
        });
        life.play(2 * MINUTE);
        broken = true;
        store.version = 1;
        infisical.version = 1;
        life.play(2 * MINUTE, checkSound);
        const bodies = Object.fromEntries([...life.files].map(([path, { body }]) => [path, body]));
        expect(bodies).toEqual({
          'of-vault': down === 'vault' ? 'of-vault 0' : 'of-vault 1',
          'of-infisical': down === 'infisical' ? 'of-infisical 0' : 'of-infisical 1',
        });
        broken = false;
        life.play(2 * MINUTE);
        expect([...life.files.values()].map(({ body }) => body)).toEqual(['of-vault 1', 'of-infisical 1']);
      }),
      { numRuns: 20 },
    );
  });
});
