import { describe, expect, test } from 'vitest';
import { unready } from '../../../agent/schedule/outlook.ts';
import { failure, HOUR, leased, POLL_MS, Scene, SECOND } from './scene.ts';

describe('the first render', () => {
  test('logs in and looks what the templates ask for, at the same time', () => {
    expect(new Scene().todo).toEqual(['login', 'render']);
  });

  test('reads everything that is missing at once, when logged in', () => {
    const scene = new Scene().miss('a', 'b');
    expect(scene.todo).toEqual(['login']);
    expect(scene.login().todo).toEqual(['read a through 1', 'read b through 1']);
  });

  test('waits for the last of the secrets', () => {
    const scene = new Scene().miss('a', 'b').login().read('a');
    expect(scene.wait(HOUR / 4).todo).not.toContain('render');
    expect(scene.read('b').todo).toContain('render');
  });

  test('reads what only comes to light when the first secrets are there', () => {
    const scene = new Scene().miss('a').login().read('a').miss('b');
    expect(scene.todo).toEqual(['read b through 1']);
    expect(scene.read('b').todo).toEqual(['render']);
  });

  test('is over with one commit', () => {
    const scene = new Scene().miss('a').login().read('a').render();
    expect(scene.todo).toEqual([]);
    expect(scene.state.render.firstAt).toBe(scene.now);
  });

  test('needs no session if no template asks for a secret', () => {
    expect(new Scene().render().state.render.firstAt).toBeDefined();
  });
});

describe('what stands in the way of the first render', () => {
  test('is said as it changes', () => {
    const scene = new Scene();
    expect(unready(scene.state)).toBe('Not rendered yet: logging in');
    scene.fail('login', failure('sealed'));
    expect(unready(scene.state)).toBe('Not rendered yet (sealed): Cannot: sealed');
    scene.miss('a').login();
    expect(unready(scene.state)).toBe('Not rendered yet: reading the secrets');
    scene.fail('read a through 1', failure('forbidden'));
    expect(unready(scene.state)).toBe('Not rendered yet (forbidden): Cannot: forbidden');
    scene.read('a').render();
    expect(unready(scene.state)).toBeUndefined();
  });

  test('names what waiting cannot mend before what it can', () => {
    const scene = new Scene().miss('a', 'b').login();
    scene.fail('read a through 1', failure('sealed')).fail('read b through 1', failure('not_found'));
    expect(unready(scene.state)).toContain('not_found');
  });

  test('never makes the agent unready again, whatever fails later', () => {
    const scene = new Scene()
      .miss('a')
      .login()
      .read('a')
      .render()
      .wait(HOUR / 2);
    scene.fail('read a through 1', failure('forbidden'));
    expect(unready(scene.state)).toBeUndefined();
  });
});

describe('a template that fails', () => {
  const fault = failure('template', { transient: false });

  test('is tried again when a value has changed', () => {
    const scene = new Scene().miss('a').login().read('a', leased(HOUR), { leaseId: 'l' }).render({ fault });
    expect(scene.todo).not.toContain('render');
    scene.read('a', leased(HOUR), { leaseId: 'm' }).wait(20);
    expect(scene.todo).toContain('render');
  });

  test('is tried again after a pause of at most half a minute all the same', () => {
    const scene = new Scene().miss('a').login().read('a');
    for (let failures = 0; failures < 20; failures += 1) {
      scene.render({ fault });
      expect(scene.state.render.due - scene.now).toBeLessThanOrEqual(30 * SECOND);
      scene.now = scene.state.render.due;
      expect(scene.todo).toContain('render');
    }
  });
});

test('a commit that fails is tried again, and counts as not rendered', () => {
  const scene = new Scene().miss('a').login().read('a');
  scene.fail('render', failure('render'));
  expect(unready(scene.state)).toContain('render');
  expect(scene.todo).toEqual([]);
  expect(scene.wait(scene.pause).todo).toEqual(['render']);
});

test('a value that changed during a commit is rendered after it', () => {
  const scene = new Scene().miss('a').login().read('a');
  const { revision } = scene.state;
  scene.read('a', { kind: 'polled' }, { body: 'newer' });
  scene.happen({ type: 'rendered', revision, files: [], missing: [], changed: [] });
  expect(scene.todo).toEqual(['render']);
});

describe('a pod that waits for its first files', () => {
  /** The longest pause that chance can bring after many failures. */
  const pauseAfter = (scene: Scene, action: string, code: 'sealed' | 'forbidden'): number => {
    for (let failures = 0; failures < 12; failures += 1) {
      scene.fail(action, failure(code));
      scene.wait(scene.pause);
    }
    return scene.fail(action, failure(code)).pause;
  };
  const unlucky = (): Scene => new Scene(() => 0.999_999);

  test('asks a store that is down at least every five seconds, for accelerators stand idle', () => {
    expect(pauseAfter(unlucky(), 'login', 'sealed')).toBeLessThanOrEqual(5 * SECOND);
    const reading = unlucky()
      .miss('a')
      .login(leased(100 * HOUR));
    expect(pauseAfter(reading, 'read a through 1', 'sealed')).toBeLessThanOrEqual(5 * SECOND);
  });

  test('leaves a store alone that has refused for good: at most twice a minute', () => {
    expect(pauseAfter(unlucky(), 'login', 'forbidden')).toBeGreaterThan(29 * SECOND);
  });

  test('is patient once it runs', () => {
    const scene = unlucky()
      .miss('a')
      .login(leased(100 * HOUR))
      .read('a')
      .render()
      .wait(POLL_MS);
    expect(pauseAfter(scene, 'read a through 1', 'sealed')).toBeGreaterThan(29 * SECOND);
  });
});
