import { describe, expect, test } from 'vitest';
import {
  firstEnd,
  giveUpAt,
  isUpToDate,
  oldestConfirmation,
  tokenEnd,
} from '../../../agent/schedule/outlook.ts';
import { plan } from '../../../agent/schedule/plan.ts';
import { failure, HOUR, leased, POLL_MS, rendered, Scene, SECOND } from './scene.ts';

const DEADLINE_MS = 300 * SECOND;

describe('giving up', () => {
  test('comes when a fault that waiting cannot mend has lasted as long as it may', () => {
    const scene = new Scene();
    const began = scene.now;
    scene.fail('login', failure('login_refused'));
    scene.wait(scene.pause).fail('login', failure('login_refused'));
    expect(giveUpAt(scene.state, DEADLINE_MS)).toBe(began + DEADLINE_MS);
  });

  test('never comes if it may last for ever', () => {
    expect(giveUpAt(new Scene().fail('login', failure('login_refused')).state, null)).toBe(Infinity);
  });

  test('never comes because the store is down', () => {
    expect(giveUpAt(new Scene().fail('login', failure('sealed')).state, 0)).toBe(Infinity);
  });

  test('starts to count again when the store was down in between', () => {
    const scene = new Scene().fail('login', failure('login_refused'));
    scene.wait(scene.pause).fail('login', failure('sealed'));
    scene.wait(scene.pause).fail('login', failure('login_refused'));
    expect(giveUpAt(scene.state, DEADLINE_MS)).toBe(scene.now + DEADLINE_MS);
  });

  test('comes no sooner than the store wants to be asked again: who is restarted would ask at once', () => {
    const scene = new Scene().fail('login', failure('login_refused', { retryAfterMs: 60 * SECOND }));
    expect(giveUpAt(scene.state, 0)).toBe(scene.now + 60 * SECOND);
    expect(giveUpAt(scene.state, DEADLINE_MS)).toBe(scene.now + DEADLINE_MS);
    expect(scene.pause).toBeGreaterThanOrEqual(60 * SECOND);
  });

  test('never comes after the first render', () => {
    const scene = rendered({ kind: 'polled' }).wait(POLL_MS);
    expect(giveUpAt(scene.fail('read a through 1', failure('forbidden')).state, 0)).toBe(Infinity);
  });
});

describe('what the metrics show', () => {
  test('a lease ends with its token, if that ends first', () => {
    const scene = rendered(leased(10 * HOUR), leased(HOUR));
    expect(firstEnd(scene.state, scene.state.secrets.keys())).toBe(scene.now + HOUR);
    expect(tokenEnd(scene.state)).toBe(scene.now + HOUR);
  });

  test('0 stands for no end', () => {
    const { state } = rendered({ kind: 'polled' }, { kind: 'static' });
    expect([firstEnd(state, state.secrets.keys()), tokenEnd(state)]).toEqual([0, 0]);
  });

  test('a file is up to date until a secret in it cannot be read', () => {
    const scene = rendered({ kind: 'polled' });
    expect(isUpToDate(scene.state, 'file')).toBe(true);
    scene.wait(POLL_MS).fail('read a through 1', failure('sealed'));
    expect(isUpToDate(scene.state, 'file')).toBe(false);
    scene.wait(30 * SECOND).read('a');
    expect(isUpToDate(scene.state, 'file')).toBe(true);
  });

  test('a file that was never rendered is not up to date', () => {
    expect(isUpToDate(new Scene().state, 'file')).toBe(false);
  });

  test('the secret confirmed longest ago counts', () => {
    const scene = new Scene().miss('a', 'b').login().read('a').wait(5000).read('b');
    expect(oldestConfirmation(scene.state)).toBe(scene.now - 5000);
    expect(oldestConfirmation(new Scene().state)).toBeUndefined();
  });
});

test('there may be as many secrets as all Secrets of a large cluster ask for', () => {
  const scene = rendered({ kind: 'polled' });
  const [secret] = scene.state.secrets.values();
  const many = Array.from({ length: 200_000 }, (_, index) => [String(index), secret] as const);
  const state = { ...scene.state, secrets: new Map(many.flatMap(([key, one]) => (one ? [[key, one]] : []))) };
  expect(plan(state, scene.now).wakeAt).toBe(scene.now + scene.pause);
  expect(oldestConfirmation(state)).toBe(scene.now);
});
