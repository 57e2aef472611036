import { describe, expect, test } from 'vitest';
import { annotationsIn } from '#contract/json.ts';
import { STATUS_KEYS } from '#contract/secret-sync.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import { versionOf } from '#platform/kubernetes/metadata.ts';
import type { Recorder } from '#platform/kubernetes/event.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { type BoundNamespace, readNamespace } from '../../../agent/sync/decide/namespace.ts';
import type { Known, Stores } from '../../../agent/sync/decide/wanted.ts';
import { SYNC_METRICS } from '../../../agent/sync/metrics.ts';
import { reconcile, type Surroundings } from '../../../agent/sync/reconcile.ts';
import type { StoreEngine } from '../../../agent/sync/store-engine.ts';
import { createTeller } from '../../../agent/sync/teller.ts';
import { track, type TrackedSecret } from '../../../agent/sync/tracked.ts';
import { createWishes } from '../../../agent/sync/wishes.ts';
import type { Outcome } from '../../../agent/sync/work-queue.ts';
import { storesOf } from './decide/world.ts';
import { MemoryApi } from './memory-api.ts';

const FOLDER = 'infisical:ml/prod/registry';
const ASKS = { 'infisical.com/secret-sync': 'true' };
const NAMESPACE = readNamespace({ 'sidekey.dev/infisical': 'ml/prod/registry' });

/** One Secret, `ml/registry`, at an API server in memory. */
class Stage {
  readonly api = new MemoryApi();
  readonly secrets = new Map<string, TrackedSecret>();
  readonly events: string[] = [];
  readonly stop = new AbortController();
  stores: Stores = storesOf({});
  namespace: BoundNamespace | undefined = NAMESPACE;
  readonly #around: Surroundings;

  constructor() {
    const recorder: Recorder = {
      record: ({ reason, note }) => this.events.push(`${reason}: ${note}`),
      close: () => Promise.resolve(),
    };
    const log = createLog('silent', 'test');
    const engine = {
      known: (ref) => this.stores.known(ref),
      has: (store) => this.stores.has(store),
      now: () => this.stores.now(),
      redirect: () => undefined,
    } as StoreEngine;
    this.#around = {
      kubernetes: this.api,
      cluster: { secrets: this.secrets, synced: true, boundNamespace: () => this.namespace },
      engine,
      wishes: createWishes(),
      teller: createTeller(this.api, recorder, log),
      metrics: createMetrics(SYNC_METRICS),
      log,
      signal: this.stop.signal,
    };
  }

  holds(values: Readonly<Record<string, string>>): void {
    this.stores = storesOf({ [FOLDER]: values });
  }

  /** What the watch tells. */
  see(): void {
    const object = this.api.object('registry');
    this.secrets.set('ml/registry', track(object, this.secrets.get('ml/registry')));
  }

  async work(): Promise<Outcome> {
    return await reconcile(this.#around, 'ml/registry');
  }

  get secret(): TrackedSecret | undefined {
    return this.secrets.get('ml/registry');
  }

  get annotations(): Readonly<Record<string, string>> {
    return annotationsIn(this.api.object('registry'));
  }
}

describe('a Secret at which is worked', () => {
  test('is filled, and left as what is seen of it then is no news', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.api.put('registry', ASKS, { own: 'x' });
    stage.see();
    expect(await stage.work()).toEqual({ done: true });
    expect(stage.api.values('registry')).toEqual({ own: 'x', token: 't1' });
    expect(stage.secret).toMatchObject({ state: 'synced' });
    stage.see();
    expect(stage.secret?.settled).toBe(versionOf(stage.api.object('registry')));
  });

  test('waits for its namespace to be known, and nothing is told of it before', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.namespace = undefined;
    stage.api.put('registry', ASKS);
    stage.see();
    expect(await stage.work()).toEqual({ done: true });
    expect(stage.api.asked).toEqual([]);
    expect(stage.secret).toMatchObject({ state: 'waiting' });
  });

  test('is not forgotten if it was made anew while its end was on the way', async () => {
    for (const kind of ['gone', 'asks no more'] as const) {
      const stage = new Stage();
      stage.holds({ token: 't1' });
      stage.api.put('registry', ASKS);
      stage.see();
      if (kind === 'gone') stage.api.delete('registry');
      else stage.api.put('registry', { 'infisical.com/secret-sync': 'false' });
      stage.api.answered = () => {
        stage.api.put('registry', ASKS);
        stage.see();
      };
      await stage.work();
      expect(stage.secret).toBeDefined();
      stage.api.answered = () => undefined;
      await stage.work();
      expect(stage.api.values('registry')).toEqual({ token: 't1' });
    }
  });

  test('is looked at again, if it was changed between what is done to it and what is told of it', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1', url: 'u1' });
    stage.api.put('registry', ASKS, { url: 'mine' });
    stage.see();
    stage.api.answered = ({ body }) => {
      if (body === undefined) return;
      stage.api.answered = () => undefined;
      stage.api.put('registry', {}, { token: '' });
    };
    expect(await stage.work()).toMatchObject({ done: false });
    stage.see();
    await stage.work();
    expect(stage.api.values('registry')).toEqual({ token: 't1', url: 'mine' });
  });

  test('says what is wrong, and no longer once that is mended, whoever else has written it', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.api.put('registry', { ...ASKS, [STATUS_KEYS.error]: 'of a backup' });
    stage.see();
    await stage.work();
    expect(stage.annotations).not.toHaveProperty(STATUS_KEYS.error);
    stage.api.put('registry', {}, { url: 'mine' });
    stage.holds({ token: 't1', url: 'u1' });
    stage.see();
    await stage.work();
    expect(stage.annotations[STATUS_KEYS.error]).toContain('url');
    expect(stage.events.at(-1)).toContain('SyncFailed');
    stage.holds({ token: 't1' });
    await stage.work();
    expect(stage.annotations).not.toHaveProperty(STATUS_KEYS.error);
    expect(stage.api.values('registry')).toEqual({ token: 't1', url: 'mine' });
  });

  test('loses a key that the source has no longer, though a backup has it in its books, too', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.api.put(
      'registry',
      { ...ASKS, [STATUS_KEYS.managedKeys]: 'token,url' },
      { token: 't1', url: 'u1', own: 'x' },
    );
    stage.see();
    await stage.work();
    expect(stage.api.values('registry')).toEqual({ token: 't1', own: 'x' });
    expect(stage.annotations).toMatchObject({ [STATUS_KEYS.managedKeys]: 'token' });
    expect(stage.annotations).not.toHaveProperty(STATUS_KEYS.error);
    const writes = stage.api.asked.filter((method) => method === 'PATCH').length;
    stage.see();
    await stage.work();
    expect(stage.api.asked.filter((method) => method === 'PATCH')).toHaveLength(writes);
  });
});

describe('a fault', () => {
  test('of the API server is tried again, soon where it passes, and told where it does not', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.api.put('registry', ASKS);
    stage.see();
    stage.api.faults.set('GET', new KubernetesError('unreachable', 'Cannot reach it'));
    expect(await stage.work()).toEqual({ done: false });
    stage.api.faults.set('GET', new KubernetesError('forbidden', 'Cannot get it: grant it'));
    expect(await stage.work()).toEqual({ done: false, retryAfterMs: 1000 });
    expect(await stage.work()).toEqual({ done: false, retryAfterMs: 2000 });
    expect(stage.annotations[STATUS_KEYS.error]).toContain('grant it');
    stage.api.faults.clear();
    stage.see();
    expect(await stage.work()).toEqual({ done: true });
    expect(stage.annotations).not.toHaveProperty(STATUS_KEYS.error);
    expect(stage.secret).toMatchObject({ state: 'synced', refusals: 0 });
  });

  test('of our own concerns the Secret alone: it is counted as failed, and tried again later', async () => {
    const stage = new Stage();
    stage.api.put('registry', ASKS);
    stage.see();
    stage.stores = {
      ...storesOf({}),
      known: (): Known => {
        throw new TypeError('t1');
      },
    };
    expect(await stage.work()).toEqual({ done: false, retryAfterMs: 1000 });
    expect(stage.secret).toMatchObject({ state: 'failed' });
    expect(stage.annotations[STATUS_KEYS.error]).toContain('internal fault (TypeError)');
    expect(stage.annotations[STATUS_KEYS.error]).not.toContain('t1');
  });

  test('is none, once the lead is lost: nothing is written any more', async () => {
    const stage = new Stage();
    stage.holds({ token: 't1' });
    stage.api.put('registry', ASKS);
    stage.see();
    stage.api.answered = () => stage.stop.abort(new Error('lost'));
    expect(await stage.work()).toEqual({ done: true });
    expect(stage.api.asked).toEqual(['GET']);
  });
});
