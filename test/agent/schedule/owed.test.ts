import { describe, expect, test } from 'vitest';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { resumeState, savedAlike, toSaved } from '../../../agent/schedule/resume.ts';
import type { Secret } from '../../../agent/secret.ts';
import { failure, HOUR, leased, POLL_MS, rendered, Scene, SECOND, TARGET } from './scene.ts';
import { sessionWith } from './simulation.ts';

/** A file that somebody is told of, as it was first rendered; the token lives for long. */
const watched = (): Scene => rendered({ kind: 'polled' }, leased(100 * HOUR)).watched('first');

const kept = ({ state }: Scene): string[] => state.superseded.map(({ leaseId }) => leaseId);

describe('a lease that was replaced', () => {
  /** Replaced and committed, and not told. */
  const replaced = (deadlineMs = 300 * SECOND): Scene => {
    const scene = rendered(leased(HOUR), leased(100 * HOUR))
      .watched('first')
      .wait(HOUR / 2);
    return scene.read('a', leased(HOUR), { leaseId: 'lease-2' }).watched('second', { deadlineMs });
  };

  test('is kept, and renewed, until the target was told', () => {
    const scene = replaced(10 * HOUR);
    expect(kept(scene)).toEqual(['lease-1']);
    scene.wait(HOUR / 4);
    expect(scene.todo).toContain('renew lease-1 through 1');
    scene.happen({ type: 'renewed', leaseId: 'lease-1', lifetime: leased(HOUR) });
    expect(kept(scene.wait(HOUR / 4))).toEqual(['lease-1']);
    expect(kept(scene.tell())).toEqual([]);
  });

  test('is kept until it is given up to tell', () => {
    const scene = replaced(60 * SECOND).wait(300);
    scene.fail(`tell ${TARGET} of 3`, failure('notify', { transient: true }));
    expect(kept(scene)).toEqual(['lease-1']);
    scene.wait(60 * SECOND).fail(`tell ${TARGET} of 3`, failure('notify', { transient: true }));
    expect(kept(scene)).toEqual([]);
  });

  test('is let go at once if the bytes are the same, for then nobody has to be told', () => {
    const scene = rendered(leased(HOUR), leased(100 * HOUR))
      .watched('first')
      .wait(HOUR / 2);
    expect(kept(scene.read('a', leased(HOUR), { leaseId: 'lease-2' }).watched('first'))).toEqual([]);
  });

  test('is kept only for the change that took it out of the files, not for those that follow', () => {
    const scene = replaced().wait(300).watched('third');
    scene.happen({ type: 'notified', target: TARGET, kind: 'http', commit: 3 });
    expect(kept(scene)).toEqual([]);
    expect(scene.state.notices.map(({ commit }) => commit)).toEqual([4]);
  });

  test('after the files were made is in them, and is kept though all was told', () => {
    const scene = rendered(leased(HOUR), leased(100 * HOUR))
      .watched('first')
      .wait(HOUR / 2);
    const { revision } = scene.state;
    scene.read('a', leased(HOUR), { leaseId: 'lease-2' });
    scene.happen({ type: 'rendered', revision, files: [], missing: [], changed: [] });
    expect(kept(scene)).toEqual(['lease-1']);
  });

  test('stays in a file that cannot be made anew, and is kept as long', () => {
    const scene = rendered(leased(HOUR), leased(100 * HOUR))
      .watched('first')
      .wait(HOUR / 2);
    scene.read('a', leased(HOUR), { leaseId: 'lease-2' });
    const faulty = { name: 'file', used: [], failure: failure('template') };
    const { revision } = scene.state;
    scene.happen({ type: 'rendered', revision, files: [faulty], missing: [], changed: [] });
    expect(kept(scene)).toEqual(['lease-1']);
    expect(kept(scene.watched('second'))).toEqual(['lease-1']);
    expect(kept(scene.wait(300).tell())).toEqual([]);
  });

  test('is kept, too, if no file is made from its secret any more', () => {
    const scene = new Scene()
      .miss('a', 'b')
      .login(leased(100 * HOUR))
      .read('a');
    scene.read('b', leased(HOUR), { leaseId: 'left' }).render().watched('first');
    const [used] = [...scene.state.secrets.keys()];
    const watch = { target: TARGET, kind: 'http', deadlineMs: 1000, mark: 'second' } as const;
    const file = { name: 'file', used: [used ?? ''], watch };
    const { revision } = scene.state;
    scene.happen({ type: 'rendered', revision, files: [file], missing: [], changed: ['file'] });
    expect(scene.state.secrets.size).toBe(1);
    expect(kept(scene)).toEqual(['left']);
    expect(kept(scene.wait(300).tell())).toEqual([]);
  });
});

describe('an agent that is started again', () => {
  const restarted = (scene: Scene): Scene => {
    const provider = {
      login: () => Promise.reject(new Error('Not asked to')),
      resume: (token: Secret<string>, lifetime: Lifetime) => sessionWith(token.reveal(), lifetime),
    };
    const next = new Scene();
    next.now = scene.now;
    const moment = { now: next.now, random: () => 0.5 };
    next.state = resumeState(toSaved(scene.state, 'mark'), POLL_MS, new Map([['vault', provider]]), moment);
    return next;
  };

  test('tells what it still owed, and keeps the lease until then', () => {
    const before = rendered(leased(HOUR), leased(100 * HOUR))
      .watched('first')
      .wait(HOUR / 2);
    before.read('a', leased(HOUR), { leaseId: 'lease-2' }).watched('second');
    const scene = restarted(before).wait(300);
    expect(kept(scene)).toEqual(['lease-1']);
    expect(scene.todo).toContain(`tell ${TARGET} of 3`);
    expect(kept(scene.watched('second'))).toEqual(['lease-1']);
    expect(kept(scene.tell())).toEqual([]);
    expect(scene.state.notices).toEqual([]);
  });

  test('gives up no later for it', () => {
    const scene = restarted(watched().watched('second', { deadlineMs: 7 * SECOND }));
    expect(scene.state.notices[0]?.giveUpAt).toBe(scene.now + 7 * SECOND);
  });

  test('tells of a change that was committed by a process that could not note it any more', () => {
    const scene = restarted(watched());
    expect(scene.watched('second').state.notices).toHaveLength(1);
  });

  test('does not tell of what was told', () => {
    const scene = restarted(watched().watched('second').wait(300).tell());
    expect(scene.watched('second').state.notices).toEqual([]);
  });

  test('takes no commit for one of before', () => {
    const scene = restarted(watched().watched('second').wait(300));
    scene.watched('third').happen({ type: 'notified', target: TARGET, kind: 'http', commit: 3 });
    expect(scene.state.notices).toHaveLength(1);
  });

  test('finds what is owed and what it has marked, for both are saved when they change', () => {
    const scene = rendered({ kind: 'polled' });
    const changes = (happen: () => void): boolean => {
      const before = scene.state;
      happen();
      return !savedAlike(before, scene.state);
    };
    expect(changes(() => scene.watched('first'))).toBe(true);
    expect(changes(() => scene.watched('first'))).toBe(false);
    expect(changes(() => scene.watched('second'))).toBe(true);
    expect(changes(() => scene.wait(300).fail(`tell ${TARGET} of 4`, failure('notify')))).toBe(false);
    expect(changes(() => scene.happen({ type: 'notified', target: TARGET, kind: 'http', commit: 9 }))).toBe(
      true,
    );
  });
});
