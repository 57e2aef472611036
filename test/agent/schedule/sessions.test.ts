import { describe, expect, test } from 'vitest';
import { failure, HOUR, leased, rendered, Scene, SECOND } from './scene.ts';

describe('a token', () => {
  test('is renewed when half of its life has passed', () => {
    const scene = rendered({ kind: 'static' }, leased(HOUR)).wait(HOUR / 2);
    expect(scene.todo).toEqual(['renew token 1']);
    scene.happen({ type: 'token_renewed', session: 1, lifetime: leased(HOUR) });
    expect(scene.todo).toEqual([]);
    expect(scene.wait(HOUR / 2).todo).toEqual(['renew token 1']);
  });

  test('that has met its maximum is replaced by a new login at once', () => {
    const scene = rendered({ kind: 'static' }, leased(HOUR)).wait(HOUR / 2);
    scene.happen({ type: 'token_renewed', session: 1, lifetime: leased(HOUR / 2) });
    expect(scene.todo).toEqual(['login']);
  });

  test('that cannot be renewed is replaced with half of its life left', () => {
    const scene = rendered({ kind: 'static' }, leased(HOUR, false));
    expect(scene.wait(HOUR / 2).todo).toEqual(['login']);
  });

  test.each(['token_invalid', 'forbidden', 'invalid_request'] as const)(
    'whose renewal is refused (%s) serves until the next login',
    (code) => {
      const scene = new Scene()
        .miss('a')
        .login()
        .wait(HOUR / 2);
      scene.fail('renew token 1', failure(code));
      expect(scene.todo).toEqual(['login', 'read a through 1']);
    },
  );

  test('whose renewal fails is replaced while a third of its life is left', () => {
    const scene = rendered({ kind: 'static' }, leased(HOUR)).wait(HOUR / 2);
    scene.fail('renew token 1', failure('timeout'));
    expect(scene.wait(scene.pause).todo).toEqual(['renew token 1']);
    scene.now = 10.6 * HOUR;
    expect(scene.todo).toEqual(['login']);
  });

  test('that never ends is left alone', () => {
    expect(rendered({ kind: 'static' }, { kind: 'static' }).wait(1000 * HOUR).todo).toEqual([]);
  });

  test('that has ended is used for nothing', () => {
    const scene = rendered({ kind: 'polled' }, leased(HOUR, false)).wait(2 * HOUR);
    expect(scene.todo).toEqual(['login']);
  });
});

describe('a new session beside the old one', () => {
  const renewedLogin = (): Scene => {
    const scene = new Scene().miss('leased', 'kept').login(leased(HOUR, false));
    scene.read('leased', leased(HOUR), { leaseId: 'lease-1' }).read('kept', { kind: 'static' }).render();
    return scene.wait(HOUR / 2).login(leased(HOUR, false));
  };

  test('reads anew what has a lease, for that ends with the old token, and nothing else', () => {
    expect(renewedLogin().todo).toEqual(['read leased through 2']);
  });

  test('keeps the old lease alive until the new one is in the files', () => {
    const scene = renewedLogin().read('leased', leased(HOUR), { leaseId: 'lease-2' });
    expect(scene.state.superseded).toMatchObject([{ leaseId: 'lease-1', session: 1 }]);
    expect(scene.render().state.superseded).toEqual([]);
  });

  test('never renews the old token', () => {
    const scene = renewedLogin().read('leased', leased(HOUR), { leaseId: 'lease-2' }).render();
    expect(scene.wait(HOUR / 2).todo).not.toContain('renew token 1');
    expect(scene.logins().former).toMatchObject([{ id: 1 }]);
  });

  test('does not take a lease that arrives late from the old one', () => {
    const scene = renewedLogin();
    const { held } = scene.secret('leased');
    if (!held) throw new Error('Nothing held');
    const { value } = held;
    const late = { value, lifetime: leased(HOUR), leaseId: 'late' };
    scene.happen({
      type: 'read',
      key: JSON.stringify(['vault', 'read', 'leased', []]),
      session: 1,
      reading: late,
    });
    expect(scene.secret('leased').held?.leaseId).toBe('lease-1');
  });

  test('forgets old ones when their tokens have ended', () => {
    const scene = renewedLogin()
      .wait(2 * HOUR)
      .login();
    expect(scene.logins().former).toEqual([]);
  });
});

describe('a token that proves invalid', () => {
  const invalid = failure('token_invalid');

  test('leads to one login, however many calls find out', () => {
    const scene = new Scene()
      .miss('a', 'b')
      .login()
      .wait(2 * 60 * SECOND);
    const [a, b] = [scene.action('read a through 1'), scene.action('read b through 1')];
    scene.happen({ type: 'failed', action: a, failure: invalid });
    expect(scene.todo).toEqual(['login']);
    scene.login().happen({ type: 'failed', action: b, failure: invalid });
    expect(scene.todo).toEqual(['read a through 2', 'read b through 2']);
  });

  test('takes its leases along: they are read anew under the next', () => {
    const scene = rendered(leased(HOUR), leased(10 * HOUR)).wait(HOUR / 2);
    scene.fail('renew lease-1 through 1', invalid);
    expect(scene.todo).toEqual(['login']);
    expect(scene.login().todo).toEqual(['read a through 2']);
  });

  test('as soon as it was granted is fetched anew after growing pauses', () => {
    const scene = new Scene(() => 0.999_999).miss('a').login();
    const pauses = [1, 2, 3, 4].map((id) => {
      const { pause } = scene.fail(`read a through ${id}`, invalid);
      expect(scene.todo).toEqual([]);
      scene.wait(pause).login();
      return pause;
    });
    expect(pauses).toEqual([250, 500, 1000, 2000]);
  });

  test('is fetched anew at once if it had been good for a while, however lately it was renewed', () => {
    const lifetime = leased(40 * SECOND);
    const scene = new Scene(() => 0.999_999).miss('a').login(lifetime).read('a').render();
    for (let id = 1; id <= 20; id += 1) {
      for (let renewals = 0; renewals < 4; renewals += 1)
        scene.wait(20 * SECOND).happen({ type: 'token_renewed', session: id, lifetime });
      scene.wait(SECOND).fail(`read a through ${id}`, invalid);
      expect(scene.todo).toEqual(['login']);
      scene.login(lifetime).read('a');
    }
  });

  test('soon after a login is fetched anew soon, however often that had failed', () => {
    const scene = new Scene(() => 0.999_999).miss('a');
    for (let failures = 0; failures < 10; failures += 1)
      scene.fail('login', failure('unreachable')).wait(30 * SECOND);
    expect(scene.login().fail('read a through 1', invalid).pause).toBe(250);
  });
});

describe('a login that fails', () => {
  test('is tried again after growing pauses', () => {
    const scene = new Scene(() => 0.999_999).miss('a');
    const pauses = [1, 2, 3].map(() => {
      const { pause } = scene.fail('login', failure('unreachable'));
      scene.wait(pause);
      return pause;
    });
    expect(pauses).toEqual([250, 500, 1000]);
  });

  test('leaves the token in use that was to be replaced', () => {
    const scene = new Scene()
      .miss('a')
      .login(leased(HOUR, false))
      .wait(HOUR / 2);
    expect(scene.fail('login', failure('sealed')).todo).toEqual(['read a through 1']);
  });

  test('is tried several times before the old token ends', () => {
    const scene = rendered({ kind: 'static' }, leased(8 * SECOND, false)).wait(4 * SECOND);
    for (let tries = 0; tries < 6; tries += 1) {
      scene.fail('login', failure('unreachable'));
      expect(scene.pause).toBeLessThanOrEqual(SECOND);
      scene.wait(scene.pause);
    }
  });
});
