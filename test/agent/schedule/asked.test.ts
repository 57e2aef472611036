import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../../agent/schedule/attempt.ts';
import { beginTerm, dueAt } from '../../../agent/schedule/lifetime.ts';
import { endAt } from '../../../agent/schedule/outlook.ts';
import { newState } from '../../../agent/schedule/resume.ts';
import { storeOf, withStore } from '../../../agent/schedule/stores.ts';

const MOST = (): number => 1;

describe('pauses that a pod asks for', () => {
  it('begin and end as it says', () => {
    const backoff = { leastMs: 1000, mostMs: 5000 };
    expect([1, 2, 3, 4, 9].map((failures) => retryDelay(failures, MOST, { backoff }))).toEqual([
      1000, 2000, 4000, 5000, 5000,
    ]);
  });

  it('are shorter where a life is about to end', () => {
    expect(retryDelay(9, MOST, { backoff: { leastMs: 1000, mostMs: 300_000 }, leftMs: 8000 })).toBe(2000);
  });
});

describe('the part of a life after which something is replaced', () => {
  const leased = (renewable: boolean) => beginTerm({ kind: 'leased', ttlMs: 100_000, renewable }, 0);

  it('is as a pod says for what cannot be renewed, and half of it otherwise', () => {
    expect(dueAt(leased(false), Infinity, MOST, 0.9)).toBe(90_000);
    expect(dueAt(leased(false), Infinity, MOST)).toBe(50_000);
    expect(dueAt(leased(true), Infinity, MOST, 0.9)).toBe(50_000);
    expect(dueAt(beginTerm({ kind: 'expiring', ttlMs: 100_000 }, 0), Infinity, MOST, 0.75)).toBe(75_000);
  });
});

describe('an agent that is not to wait for a login', () => {
  const fresh = newState(1000, ['vault']);
  const failure = { code: 'unreachable', message: 'Cannot reach it', transient: true } as const;
  const store = storeOf(fresh, 'vault');
  const failed = withStore(fresh, 'vault', {
    ...store,
    login: { ...store.login, attempt: { failures: 1, failure } },
  });
  const told = { startDeadlineMs: 300_000, endsOnLoginFault: true };

  it('ends at the first that fails, before the first files alone', () => {
    expect(endAt(fresh, told)).toBe(Infinity);
    expect(endAt(failed, told)).toBe(-Infinity);
    expect(endAt(failed, { startDeadlineMs: 300_000 })).toBe(Infinity);
    const started = { ...failed, render: { ...failed.render, firstAt: 1 } };
    expect(endAt(started, told)).toBe(Infinity);
  });
});
