import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { lead } from '#platform/kubernetes/lease.ts';
import { startFaultProxy } from '../../servers/fault-proxy.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { NAMESPACE, openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage('');
});

afterAll(() => stage.stop());

/** As what ships, but that it is tried more often: a machine may stand still for seconds, which is to cost nobody the lead. */
const TIMES = { durationMs: 15_000, renewMs: 10_000, retryMs: 1000 };

/** Whoever works on something that bears no two. */
class Workplace {
  readonly diary: string[] = [];
  readonly working = new Set<string>();

  /** A candidate for it. */
  enter(identity: string, kubernetes: Kubernetes): { readonly stop: () => Promise<void> } {
    const stop = new AbortController();
    const election = {
      namespace: NAMESPACE,
      name: 'workplace',
      identity,
      clock: systemClock,
      random: Math.random,
      ...TIMES,
    };
    const ended = lead(kubernetes, election, (lost) => this.#work(identity, lost), stop.signal);
    return {
      async stop() {
        stop.abort(new Error('stopped'));
        await ended;
      },
    };
  }

  async #work(identity: string, lost: AbortSignal): Promise<void> {
    this.diary.push(this.working.size === 0 ? `${identity} began` : `${identity} began beside another`);
    this.working.add(identity);
    await new Promise<void>((resolve) => {
      lost.addEventListener('abort', () => resolve(), { once: true });
    });
    this.working.delete(identity);
    this.diary.push(`${identity} ended`);
  }

  async see(entry: string): Promise<void> {
    await eventually(entry, PATIENCE_MS, () =>
      this.diary.includes(entry) ? Promise.resolve() : Promise.reject(new Error(this.diary.join(', '))),
    );
  }
}

const lease = (path: string): Promise<string> =>
  stage.cluster.kubectl([
    'get',
    'lease',
    'workplace',
    `--namespace=${NAMESPACE}`,
    `--output=jsonpath={.spec.${path}}`,
  ]);

test('another leads when the leader is cut off, never both, and at once when the leader stops', async () => {
  await using proxy = await startFaultProxy(new URL(stage.address));
  const place = new Workplace();
  const one = place.enter('one', stage.client('worker', `https://127.0.0.1:${proxy.port}`));
  await place.see('one began');
  expect(await lease('holderIdentity')).toBe('one');
  const two = place.enter('two', stage.client('worker'));
  await proxy.inflict('black_hole');
  await place.see('two began');
  expect(await lease('holderIdentity')).toBe('two');
  expect(Number(await lease('leaseTransitions'))).toBeGreaterThan(0);
  await proxy.heal();
  await two.stop();
  expect(await lease('holderIdentity')).toMatch(/^(?:one)?$/u);
  await eventually('one to lead again', PATIENCE_MS, async () => {
    expect(await lease('holderIdentity')).toBe('one');
  });
  await one.stop();
  expect(await lease('holderIdentity')).toBe('');
  expect(place.diary.filter((entry) => entry.endsWith('beside another'))).toEqual([]);
  expect(place.diary.slice(0, 3)).toEqual(['one began', 'one ended', 'two began']);
});

test('a leader leads again after the API server was away', async () => {
  const place = new Workplace();
  const candidates = ['three', 'four'].map((name) => place.enter(name, stage.client('worker')));
  await eventually('a leader', PATIENCE_MS, () => {
    expect(place.working.size).toBe(1);
    return Promise.resolve();
  });
  await stage.cluster.restart(() =>
    eventually('nobody to lead without the API server', PATIENCE_MS, () => {
      expect(place.working.size).toBe(0);
      return Promise.resolve();
    }),
  );
  await eventually('a leader again', PATIENCE_MS, () => {
    expect(place.working.size).toBe(1);
    return Promise.resolve();
  });
  await Promise.all(candidates.map(({ stop }) => stop()));
  expect(place.diary.filter((entry) => entry.endsWith('beside another'))).toEqual([]);
  expect(await lease('holderIdentity')).toBe('');
});
