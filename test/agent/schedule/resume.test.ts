import { describe, expect, test } from 'vitest';
import type { Providers } from '../../../agent/provider/provider.ts';
import { plan } from '../../../agent/schedule/plan.ts';
import { resumeState, savedAlike, takeOver, toSaved } from '../../../agent/schedule/resume.ts';
import { Secret } from '../../../agent/secret.ts';
import { failure, HOUR, leased, POLL_MS, rendered, Scene } from './scene.ts';
import { sessionWith } from './simulation.ts';

const providersOf = ({ state }: Scene): Providers =>
  new Map(
    [...state.stores.keys()].map((name) => [
      name,
      {
        login: () => Promise.reject(new Error('Not asked to')),
        resume: (token, lifetime) => sessionWith(token.reveal(), lifetime),
      },
    ]),
  );

/** The agent of a scene, ended and started again after a while. */
function restarted(scene: Scene, afterMs: number): Scene {
  const next = new Scene();
  next.now = scene.now + afterMs;
  const saved = toSaved(scene.state, 'mark');
  next.state = resumeState(saved, POLL_MS, providersOf(scene), { now: next.now, random: () => 0.5 });
  return next;
}

describe('an agent that is started again', () => {
  test('renders at once from what it knew, without a login and without a new lease', () => {
    const scene = restarted(rendered(leased(HOUR)), 1000);
    expect(scene.todo).toEqual(['render']);
    scene.render({ changed: [] });
    expect(scene.todo).toEqual([]);
    expect(scene.logins().current?.session.token.reveal()).toBe('token-1');
  });

  test('renews the lease when it would have been renewed', () => {
    const scene = restarted(rendered(leased(HOUR), leased(10 * HOUR)), HOUR / 2).render();
    expect(scene.todo).toEqual(['renew lease-1 through 1']);
  });

  test('looks at once whether polled secrets have changed meanwhile', () => {
    expect(restarted(rendered({ kind: 'polled' }), 1000).todo).toContain('read a through 1');
  });

  test('renders what it knew though the store is down', () => {
    const scene = restarted(rendered({ kind: 'polled' }), 1000);
    scene.fail('read a through 1', failure('unreachable'));
    expect(scene.todo).toEqual(['render']);
  });

  test('takes what stands in its files for their last content', () => {
    const { state } = restarted(rendered({ kind: 'polled' }), 1000);
    const contents = new Map(['file', 'new'].map((name) => [name, new Secret(`content of ${name}`)]));
    const { files } = takeOver(state, contents);
    expect([...files.keys()]).toEqual(['file']);
    expect(files.get('file')?.content?.reveal()).toBe('content of file');
  });

  test('takes over what its templates wrote beside them, of files that stand', () => {
    const { state } = restarted(rendered({ kind: 'polled' }), 1000);
    const key = { volume: '/v', path: 'key', mode: 0o400, content: new Secret('k'), appends: false };
    const writings = new Map([['file', [key]]]);
    const standing = takeOver(state, new Map([['file', new Secret('c')]]), writings);
    expect(standing.files.get('file')?.written).toEqual([key]);
    expect(toSaved(standing, 'print').files).toMatchObject([
      { name: 'file', written: [{ volume: '/v', path: 'key', mode: 0o400 }] },
    ]);
    expect(takeOver(state, new Map(), writings).files.get('file')).not.toHaveProperty('written');
  });

  test('does not use a token that has ended, and reads the leases anew that ended with it', () => {
    const scene = restarted(rendered(leased(10 * HOUR)), 2 * HOUR).render();
    expect(scene.logins().current).toBeUndefined();
    expect(scene.todo).toEqual(['login']);
    expect(scene.login().todo).toEqual(['read a through 2']);
  });

  test('still knows the sessions before, to revoke them in the end', () => {
    const before = rendered(leased(HOUR), leased(HOUR, false))
      .wait(HOUR / 2)
      .login();
    const scene = restarted(before, 1000);
    expect(scene.logins().former.map(({ session }) => session.token.reveal())).toEqual(['token-1']);
    expect(scene.state.nextSession).toBe(3);
  });

  test('keeps when its files last changed', () => {
    const before = rendered({ kind: 'polled' });
    const scene = restarted(before, HOUR / 2).render({ changed: [] });
    expect(scene.state.files.get('file')?.changedAt).toBe(before.now);
  });

  test('never plans for a moment that has passed', () => {
    const { state, now } = restarted(rendered(leased(HOUR)), 5 * HOUR);
    expect(plan(state, now).wakeAt).toBeGreaterThan(now);
  });
});

describe('what is saved', () => {
  test('is the same while polling finds nothing new', () => {
    const scene = rendered({ kind: 'polled' }).wait(POLL_MS);
    const before = scene.state;
    expect(savedAlike(before, scene.read('a').state)).toBe(true);
  });

  test('is another after a login, a renewal, a changed value and a commit that changed a file', () => {
    const scene = rendered(leased(HOUR), leased(10 * HOUR));
    const differs = (change: () => void): boolean => {
      const before = scene.state;
      change();
      return !savedAlike(before, scene.state);
    };
    expect(differs(() => scene.login())).toBe(true);
    expect(differs(() => scene.read('a', leased(HOUR), { leaseId: 'l2' }))).toBe(true);
    expect(differs(() => scene.wait(5).render())).toBe(true);
    expect(differs(() => scene.happen({ type: 'renewed', leaseId: 'l2', lifetime: leased(HOUR) }))).toBe(
      true,
    );
    expect(differs(() => scene.happen({ type: 'token_renewed', session: 2, lifetime: leased(HOUR) }))).toBe(
      true,
    );
  });

  test('holds whole milliseconds, whatever the store granted', () => {
    const saved = toSaved(rendered({ kind: 'expiring', ttlMs: 1234.567 }).state, 'mark');
    expect(saved.secrets[0]?.term).toMatchObject({ lifetime: { ttlMs: 1234 }, firstTtlMs: 1234 });
  });
});
