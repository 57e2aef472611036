import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refKey } from '../../../agent/provider/provider.ts';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { lastingLeases } from '../../../agent/schedule/leases.ts';
import { firstEnd } from '../../../agent/schedule/outlook.ts';
import { resumeState, toSaved } from '../../../agent/schedule/resume.ts';
import { Secret } from '../../../agent/secret.ts';
import { chance, ModelStore } from './model.ts';
import { failure, HOUR, leased, POLL_MS, refTo, rendered, Scene } from './scene.ts';
import { sessionWith, Simulation } from './simulation.ts';
import { checkAlive, checkSound, MINUTE, terms } from './worlds.ts';

const LASTING: Lifetime = { kind: 'leased', ttlMs: 10 * HOUR, renewable: true, lasting: true };
const LONG_TOKEN = leased(100 * HOUR);

const ids = ({ state, now }: Scene): string[] => lastingLeases(state, now).map(({ leaseId }) => leaseId);

/** A lasting lease that was replaced by another, which stands in the files by now. */
const replaced = (): Scene =>
  rendered(LASTING, LONG_TOKEN)
    .wait(5 * HOUR)
    .fail('renew lease-1 through 1', failure('lease_gone'))
    .read('a', LASTING, { leaseId: 'lease-2' })
    .render();

describe('a lease that lasts', () => {
  test('is not read anew when its token is replaced, and is renewed under the next', () => {
    const scene = rendered(LASTING, leased(HOUR, false))
      .wait(HOUR / 2)
      .login(LONG_TOKEN);
    expect(scene.todo).toEqual([]);
    expect(scene.wait(4.5 * HOUR).todo).toEqual(['renew lease-1 through 2']);
    scene.happen({ type: 'renewed', leaseId: 'lease-1', lifetime: LASTING });
    expect(scene.todo).toEqual([]);
    expect(scene.secret('a').held?.leaseId).toBe('lease-1');
  });

  test('goes on though its token proves invalid', () => {
    const scene = rendered(LASTING, LONG_TOKEN).wait(5 * HOUR);
    scene.fail('renew lease-1 through 1', failure('token_invalid'));
    expect(scene.todo).toEqual(['login']);
    expect(scene.login().todo).toEqual(['renew lease-1 through 2']);
  });

  test('counts though it arrives when its session has been replaced', () => {
    const scene = new Scene().miss('a').login().login();
    scene.happen({
      type: 'read',
      key: refKey(refTo('a')),
      session: 1,
      reading: { value: new Secret(new Map()), lifetime: LASTING, leaseId: 'late' },
    });
    expect(scene.secret('a').held?.leaseId).toBe('late');
    expect(scene.todo).toEqual(['render']);
  });

  test('is kept alive under any session while its secret stands in the files, though it was replaced', () => {
    const scene = rendered(LASTING, LONG_TOKEN).wait(5 * HOUR);
    scene.fail('renew lease-1 through 1', failure('timeout')).wait(HOUR);
    scene.read('a', LASTING, { leaseId: 'lease-2' }).fail('render', failure('render', { transient: false }));
    scene.login(LONG_TOKEN);
    expect(scene.wait(2 * HOUR).todo).toContain('renew lease-1 through 2');
  });

  test('does not end with its token for the metrics either', () => {
    const scene = rendered(LASTING, leased(HOUR));
    expect(firstEnd(scene.state, scene.state.secrets.keys())).toBe(scene.now + 10 * HOUR);
  });
});

describe('a lease that lasts and is not used any more is remembered until it ends', () => {
  test('when it was replaced', () => {
    const scene = replaced();
    expect(scene.state.superseded).toEqual([]);
    expect(ids(scene)).toEqual(['lease-2', 'lease-1']);
    expect(ids(scene.wait(5 * HOUR))).toEqual(['lease-2']);
  });

  test('when no file is made from its secret any more', () => {
    const scene = new Scene().miss('a', 'b').login(LONG_TOKEN).read('a');
    scene.read('b', LASTING, { leaseId: 'left' }).render({ used: ['a'] });
    expect(scene.todo).toEqual([]);
    expect(ids(scene)).toEqual(['left']);
  });

  test('when it arrives and nobody waits for it any more', () => {
    const scene = rendered({ kind: 'polled' }, LONG_TOKEN);
    const reading = { value: new Secret(new Map()), lifetime: LASTING, leaseId: 'unwanted' };
    scene.happen({ type: 'read', key: 'forgotten', session: 1, reading });
    expect(ids(scene)).toEqual(['unwanted']);
  });

  test('and not longer, however often leases are replaced', () => {
    const scene = rendered(LASTING, LONG_TOKEN);
    for (let lease = 2; lease < 50; lease += 1)
      scene
        .wait(5 * HOUR)
        .read('a', LASTING, { leaseId: `lease-${lease}` })
        .render();
    expect(ids(scene)).toEqual(['lease-49', 'lease-48']);
  });

  test('which leases that end with their token are not', () => {
    const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
    scene.read('a', leased(HOUR), { leaseId: 'lease-2' }).render();
    expect(ids(scene)).toEqual([]);
  });
});

describe('an agent that is started again', () => {
  const restarted = (scene: Scene, afterMs: number): Scene => {
    const provider = {
      login: () => Promise.reject(new Error('Not asked to')),
      resume: (token: Secret<string>, lifetime: Lifetime) => sessionWith(token.reveal(), lifetime),
    };
    const next = new Scene();
    next.now = scene.now + afterMs;
    const moment = { now: next.now, random: () => 0.5 };
    next.state = resumeState(toSaved(scene.state, 'mark'), POLL_MS, new Map([['vault', provider]]), moment);
    return next;
  };

  test('keeps a lease that lasts, though the token that made it has ended', () => {
    const scene = restarted(rendered(LASTING, leased(HOUR)), 2 * HOUR).render({ changed: [] });
    expect(scene.todo).toEqual(['login']);
    expect(scene.login(LONG_TOKEN).todo).toEqual([]);
    expect(scene.wait(3 * HOUR).todo).toEqual(['renew lease-1 through 2']);
  });

  test('still knows those that were replaced, be it before or after the files were written', () => {
    expect(ids(restarted(replaced(), 1000))).toEqual(['lease-2', 'lease-1']);
    const unwritten = rendered(LASTING, LONG_TOKEN)
      .wait(5 * HOUR)
      .read('a', LASTING, { leaseId: 'lease-2' });
    expect(ids(restarted(unwritten, 1000))).toEqual(['lease-2', 'lease-1']);
    expect(ids(restarted(replaced(), 6 * HOUR))).toEqual(['lease-2']);
  });
});

describe('the life of an agent with leases that last', { timeout: 60_000 }, () => {
  test('makes each once, however short its tokens live and whenever they are revoked', () => {
    const worlds = fc.record({
      token: terms,
      seed: fc.integer(),
      revokedEvery: fc.integer({ min: 61, max: 900 }),
    });
    fc.assert(
      fc.property(worlds, ({ token, seed, revokedEvery }) => {
        const spec = {
          kind: 'leased',
          lasting: true,
          renewable: true,
          ttlMs: HOUR,
          maxTtlMs: 1000 * HOUR,
        } as const;
        const store = new ModelStore(token, new Map([['path', spec]]));
        const random = chance(seed);
        const latencyMs = (): number => 20 * random();
        const life = new Simulation({ store, pollMs: MINUTE, random, latencyMs, fault: () => undefined });
        for (let passed = 0; passed < 3 * HOUR; passed += revokedEvery * 1000) {
          life.play(revokedEvery * 1000, (moment) => {
            checkSound(moment);
            checkAlive(store, moment);
          });
          for (const grant of store.grants.values()) if (grant.kind === 'token') grant.expiresAt = 0;
        }
        expect(store.leasesOf('path')).toBe(1);
        expect(store.logins).toBeGreaterThan(1);
      }),
      { numRuns: 60 },
    );
  });
});
