import { describe, expect, test } from 'vitest';
import { failure, HOUR, leased, POLL_MS, rendered, Scene, SECOND } from './scene.ts';

const MINUTE = 60 * SECOND;
const LONG_TOKEN = leased(100 * HOUR);

describe('a lease', () => {
  test.each([
    ['soonest', 0, 0.45],
    ['latest', 0.999_999, 0.5],
  ])('is renewed when about half of its life has passed: %s', (_, luck, share) => {
    const scene = new Scene(() => luck).miss('a').login(LONG_TOKEN);
    scene.read('a', leased(HOUR), { leaseId: 'lease-1' }).render();
    expect(scene.pause / HOUR).toBeCloseTo(share, 3);
    expect(scene.wait(scene.pause).todo).toEqual(['renew lease-1 through 1']);
  });

  test('goes on after a renewal, and nothing is rendered', () => {
    const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
    scene.happen({ type: 'renewed', leaseId: 'lease-1', lifetime: leased(HOUR) });
    expect(scene.todo).toEqual([]);
    expect(scene.wait(HOUR / 2).todo).toEqual(['renew lease-1 through 1']);
  });

  test('whose renewal gives clearly less has met its maximum, and is replaced at once', () => {
    const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
    scene.happen({ type: 'renewed', leaseId: 'lease-1', lifetime: leased(0.8 * HOUR) });
    expect(scene.todo).toEqual(['read a through 1']);
  });

  test('whose renewal gives a second less was only rounded', () => {
    const scene = rendered(leased(MINUTE), LONG_TOKEN).wait(MINUTE / 2);
    scene.happen({ type: 'renewed', leaseId: 'lease-1', lifetime: leased(59 * SECOND) });
    expect(scene.todo).toEqual([]);
  });

  test('that cannot be renewed is replaced with half of its life left', () => {
    expect(rendered(leased(HOUR, false), LONG_TOKEN).wait(HOUR / 2).todo).toEqual(['read a through 1']);
  });

  test.each(['lease_gone', 'forbidden', 'invalid_request', 'not_found'] as const)(
    'whose renewal is refused (%s) is replaced at once',
    (code) => {
      const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
      expect(scene.fail('renew lease-1 through 1', failure(code)).todo).toEqual(['read a through 1']);
    },
  );

  test('is renewed again soon after a fault that passes', () => {
    const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
    scene.fail('renew lease-1 through 1', failure('timeout'));
    expect(scene.pause).toBeLessThanOrEqual(250);
    expect(scene.wait(scene.pause).todo).toEqual(['renew lease-1 through 1']);
  });

  test('that could not be renewed is replaced while a third of its life is left', () => {
    const scene = rendered(leased(HOUR), LONG_TOKEN).wait(HOUR / 2);
    scene.fail('renew lease-1 through 1', failure('timeout'));
    expect(scene.wait(HOUR / 10).todo).toEqual(['read a through 1']);
  });

  test('is tried several times in what is left of it, however long the store has been down', () => {
    const scene = rendered(leased(4 * SECOND), LONG_TOKEN).wait(2 * SECOND);
    for (let tries = 0; tries < 5; tries += 1) {
      scene.fail(scene.todo[0] ?? '', failure('unreachable'));
      expect(scene.pause).toBeLessThanOrEqual(SECOND / 2);
      scene.wait(scene.pause);
    }
  });
});

describe('a replaced lease', () => {
  const replaced = (): Scene =>
    rendered(leased(HOUR), LONG_TOKEN)
      .wait(HOUR / 2)
      .fail('renew lease-1 through 1', failure('timeout'))
      .wait(HOUR / 10)
      .read('a', leased(HOUR), { leaseId: 'lease-2' });

  test('is kept alive while its secret stands in the files', () => {
    const scene = replaced().fail('render', failure('render', { transient: false }));
    expect(scene.wait(HOUR / 5).todo).toContain('renew lease-1 through 1');
  });

  test('is not asked for in a tight loop while the store is down', () => {
    const scene = replaced().fail('render', failure('render', { transient: false }));
    scene.wait(HOUR / 5).fail('renew lease-1 through 1', failure('unreachable'));
    const [lease] = scene.state.superseded;
    expect(lease?.due).toBe(scene.now + 3 * SECOND);
  });

  test('is let go when the new one is in the files', () => {
    const scene = replaced().render();
    expect(scene.wait(HOUR / 5).todo).toEqual([]);
    expect(scene.state.superseded).toEqual([]);
  });
});

describe('a secret without a lease', () => {
  test('is read again within the poll interval', () => {
    const scene = rendered({ kind: 'polled' }, LONG_TOKEN).read('a');
    expect(scene.pause).toBeLessThanOrEqual(POLL_MS);
    expect(scene.pause).toBeGreaterThanOrEqual(0.9 * POLL_MS);
    expect(scene.wait(scene.pause).todo).toEqual(['read a through 1']);
  });

  test('that says the same is not rendered', () => {
    const scene = rendered({ kind: 'polled' }, LONG_TOKEN).wait(POLL_MS).read('a');
    expect(scene.todo).toEqual([]);
  });

  test('that has changed is rendered', () => {
    const scene = rendered({ kind: 'polled' }, LONG_TOKEN).wait(POLL_MS);
    expect(scene.read('a', { kind: 'polled' }, { body: 'new' }).todo).toEqual(['render']);
  });

  test('is read together with the others', () => {
    const scene = new Scene(Math.random).miss('a', 'b', 'c').login(LONG_TOKEN);
    scene.read('a').wait(3).read('b').wait(3).read('c').render();
    expect(scene.wait(scene.pause).todo).toHaveLength(3);
  });

  test('that has changed does not wait for a read that hangs', () => {
    const scene = new Scene().miss('a', 'b').login(LONG_TOKEN).read('a').read('b').render().wait(POLL_MS);
    scene.read('a', { kind: 'polled' }, { body: 'new' });
    expect(scene.todo).toEqual(['read b through 1']);
    expect(scene.pause).toBeLessThanOrEqual(20);
    expect(scene.wait(scene.pause).todo).toEqual(['read b through 1', 'render']);
  });

  test('that ends by itself is read anew with half of its life left', () => {
    const scene = rendered({ kind: 'expiring', ttlMs: HOUR }, LONG_TOKEN);
    expect(scene.pause / HOUR).toBeCloseTo(0.475);
    expect(scene.wait(scene.pause).todo).toEqual(['read a through 1']);
  });

  test('that never changes is never read again', () => {
    const scene = rendered({ kind: 'static' }, { kind: 'static' });
    expect(scene.todo).toEqual([]);
    expect(scene.plan.wakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  test('that no file is made from any more is forgotten', () => {
    const scene = new Scene()
      .miss('a', 'b')
      .login(LONG_TOKEN)
      .read('a')
      .read('b')
      .render({ used: ['b'] });
    expect(scene.wait(POLL_MS).todo).toEqual(['read b through 1']);
  });
});

describe('a failed read', () => {
  test('is tried again after growing pauses of at most half a minute', () => {
    const scene = new Scene(() => 0.999_999).miss('a').login(LONG_TOKEN);
    const pauses = Array.from({ length: 10 }, () => {
      const { pause } = scene.fail('read a through 1', failure('forbidden'));
      scene.wait(pause);
      return pause;
    });
    expect(pauses.slice(0, 8)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
    expect(pauses.at(-1)).toBe(30_000);
  });

  test('of a polled secret is tried again within the poll interval, so that a change is not seen later', () => {
    const scene = rendered({ kind: 'polled' }, LONG_TOKEN);
    scene.state = { ...scene.state, pollMs: 2 * SECOND };
    scene.wait(POLL_MS);
    for (let round = 0; round < 12; round += 1) {
      scene.fail('read a through 1', failure('not_found'));
      expect(scene.pause).toBeLessThanOrEqual(2 * SECOND);
      scene.wait(scene.pause);
    }
  });

  test('waits as long as the server asks for, at least', () => {
    const scene = new Scene().miss('a').login(LONG_TOKEN);
    scene.fail('read a through 1', failure('rate_limited', { retryAfterMs: 7000 }));
    expect(scene.pause).toBeGreaterThanOrEqual(7000);
    expect(scene.pause).toBeLessThanOrEqual(8000);
  });

  test('is tried again though waiting cannot mend it: somebody may', () => {
    const scene = new Scene().miss('a').login(LONG_TOKEN).fail('read a through 1', failure('forbidden'));
    expect(scene.wait(30 * SECOND).todo).toEqual(['read a through 1']);
  });
});
