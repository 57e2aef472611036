import { describe, expect, test } from 'vitest';
import type { OutageRule } from '../../../contract/agent-outage.ts';
import { refKey } from '../../../agent/provider/provider.ts';
import type { Lifetime } from '../../../agent/schedule/lifetime.ts';
import { failing } from '../../../agent/schedule/outage.ts';
import { unready } from '../../../agent/schedule/outlook.ts';
import { resumeState, toSaved } from '../../../agent/schedule/resume.ts';
import type { Render } from '../../../agent/schedule/state.ts';
import { Secret } from '../../../agent/secret.ts';
import { failure, HOUR, leased, POLL_MS, refTo, Scene, SECOND } from './scene.ts';

const DEADLINE = 900 * SECOND;
const LONG_TOKEN = leased(100 * HOUR);

/** A pod with one file of one secret, and a rule for outages. */
function podWith(action: OutageRule['action'], lifetime: Lifetime, token = LONG_TOKEN): Scene {
  const scene = new Scene();
  scene.state = { ...scene.state, outage: { action, deadlineMs: DEADLINE, since: scene.now } };
  const lease = lifetime.kind === 'leased' ? { leaseId: 'lease-1' } : {};
  return scene.miss('a').login(token).read('a', lifetime, lease).render();
}

/** Time goes by with a store that is away: whatever is asked of it fails. */
function suffer(scene: Scene, ms: number): Scene {
  const end = scene.now + ms;
  while (scene.now < end) {
    for (const name of scene.todo) if (name !== 'render') scene.fail(name, failure('unreachable'));
    if (scene.todo.includes('render')) commit(scene);
    scene.wait(Math.min(scene.pause, end - scene.now));
  }
  return scene;
}

/** Does the planned render as it says; gives the files that it leaves out. */
function commit(scene: Scene): string[] {
  const { revision, removed = new Set<string>() } = scene.action('render') as Render;
  const used = [...scene.state.secrets.keys()];
  const isRemoved = removed.has('file');
  const file = {
    name: 'file',
    used,
    content: new Secret('content'),
    ...(isRemoved && { removed: true as const }),
  };
  scene.happen({ type: 'rendered', revision, files: [file], missing: [], changed: [] });
  return [...removed];
}

const isRemoved = (scene: Scene): boolean => scene.state.files.get('file')?.removed === true;

describe('a pod that wants its files removed', () => {
  const polled = (): Scene => podWith('remove', { kind: 'polled' });

  test('keeps them as long as the store confirms what they are made of', () => {
    const scene = polled();
    for (let round = 0; round < 100; round += 1) scene.wait(scene.pause).read('a');
    expect(scene.todo).toEqual([]);
    expect(isRemoved(scene)).toBe(false);
  });

  test('keeps them in an outage that is shorter than its deadline, and not in a longer one', () => {
    const scene = polled();
    expect(isRemoved(suffer(scene, DEADLINE))).toBe(false);
    expect(isRemoved(suffer(scene, POLL_MS + SECOND))).toBe(true);
  });

  test('has them back when the store confirms what they are made of, though that is the same', () => {
    const scene = suffer(polled(), 2 * DEADLINE);
    scene.wait(scene.pause).read('a');
    expect(scene.todo).toEqual(['render']);
    expect(commit(scene)).toEqual([]);
    expect(isRemoved(scene)).toBe(false);
    expect(scene.todo).toEqual([]);
  });

  test('keeps what has an end until then, and what is read once for ever', () => {
    const lease = podWith('remove', leased(4 * HOUR));
    expect(isRemoved(suffer(lease, 4 * HOUR - SECOND))).toBe(false);
    expect(isRemoved(suffer(lease, 2 * SECOND))).toBe(true);
    const certificate = podWith('remove', { kind: 'expiring', ttlMs: 4 * HOUR });
    expect(isRemoved(suffer(certificate, 4 * HOUR - SECOND))).toBe(false);
    expect(isRemoved(suffer(certificate, 2 * SECOND))).toBe(true);
    expect(isRemoved(suffer(podWith('remove', { kind: 'static' }), 50 * HOUR))).toBe(false);
    expect(isRemoved(suffer(podWith('remove', { kind: 'once' }), 50 * HOUR))).toBe(false);
  });

  test('does not keep a lease for longer than the token that it ends with', () => {
    const scene = podWith('remove', leased(4 * HOUR), leased(HOUR));
    expect(isRemoved(suffer(scene, HOUR - SECOND))).toBe(false);
    expect(isRemoved(suffer(scene, 2 * SECOND))).toBe(true);
  });

  test('stays ready', () => {
    const scene = suffer(polled(), 2 * DEADLINE);
    expect(unready(scene.state) ?? failing(scene.state, scene.now)).toBeUndefined();
  });

  test('does not get back by a restart of its agent what nobody has confirmed', () => {
    const scene = suffer(polled(), 2 * DEADLINE);
    const moment = { now: scene.now, random: Math.random };
    const again = resumeState(toSaved(scene.state, 'same'), POLL_MS, new Map(), moment);
    scene.state = { ...again, outage: { action: 'remove', deadlineMs: DEADLINE, since: 0 } };
    expect(commit(scene)).toEqual(['file']);
    expect(scene.login(LONG_TOKEN).todo).toEqual(['read a through 2']);
    scene.read('a');
    expect(commit(scene)).toEqual([]);
  });
});

describe('a pod that wants to fail', () => {
  test('is unready when what it has is not good any more, until it is confirmed again', () => {
    const scene = podWith('fail', { kind: 'polled' });
    suffer(scene, DEADLINE);
    expect(failing(scene.state, scene.now)).toBeUndefined();
    suffer(scene, POLL_MS + SECOND);
    expect(failing(scene.state, scene.now)).toBe(
      'The store has not confirmed a for too long (sidekey.dev/on-outage): Cannot: unreachable',
    );
    expect(isRemoved(scene)).toBe(false);
    scene.wait(scene.pause).read('a');
    expect(failing(scene.state, scene.now)).toBeUndefined();
  });
});

test('a pod that says nothing keeps its files and stays ready, however long the store is away', () => {
  const scene = new Scene().miss('a').login(LONG_TOKEN).read('a').render();
  suffer(scene, 24 * HOUR);
  expect(isRemoved(scene)).toBe(false);
  expect(failing(scene.state, scene.now)).toBeUndefined();
  expect(scene.state.secrets.has(refKey(refTo('a')))).toBe(true);
});
