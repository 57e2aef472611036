import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { ProviderError } from '../../../agent/provider/errors.ts';
import type { SecretRef } from '../../../agent/provider/provider.ts';
import { startStoreEngine, type StoreEngine } from '../../../agent/sync/store-engine.ts';
import { createWishes } from '../../../agent/sync/wishes.ts';
import { MemoryProvider } from '../memory-provider.ts';
import { SteeredClock } from '../steered-clock.ts';

const POLL_MS = 10_000;
const HOUR = 3_600_000;
const ref = (path: string): SecretRef => ({ store: 'vault', operation: 'read', path, parameters: {} });

/** The engine over a store in memory, and the Secrets it was told of. */
class Stage {
  readonly clock = new SteeredClock();
  readonly provider = new MemoryProvider();
  readonly wishes = createWishes();
  readonly changed: string[] = [];
  readonly stop = new AbortController();
  readonly engine: StoreEngine;

  constructor(texts: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(texts)) this.provider.secrets.set(path, { text });
    this.engine = startStoreEngine(
      {
        providers: new Map([['vault' as const, this.provider]]),
        pollMs: POLL_MS,
        wishes: this.wishes,
        clock: this.clock,
        random: () => 1,
        log: createLog('silent', 'test'),
        changed: (secrets) => this.changed.push(...secrets),
      },
      this.stop.signal,
    );
  }

  async wish(secret: string, ...paths: readonly string[]): Promise<void> {
    if (this.wishes.set(secret, paths.map(ref))) this.engine.redirect();
    await this.clock.advance(100);
  }

  reads(): string[] {
    return this.provider.asked.splice(0).filter((what) => what.startsWith('read'));
  }

  told(): string[] {
    return this.changed.splice(0).toSorted();
  }

  textOf(path: string): unknown {
    const data = this.engine.known(ref(path))?.body?.get('data');
    return data instanceof Map ? data.get('key') : undefined;
  }
}

describe('the secrets that Kubernetes Secrets are made of', () => {
  test('are read once, however many want them, and every one of these is told', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    await stage.wish('ml/two', 'a');
    expect(stage.reads()).toEqual(['read a']);
    expect(stage.told()).toEqual(['ml/one']);
    expect(stage.textOf('a')).toBe('1');
  });

  test('are polled, and nobody is told of what stays the same', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    stage.reads();
    stage.told();
    await stage.clock.advance(POLL_MS);
    expect(stage.reads()).toEqual(['read a']);
    expect(stage.told()).toEqual([]);
    stage.provider.secrets.set('a', { text: '2' });
    await stage.clock.advance(POLL_MS);
    expect(stage.told()).toEqual(['ml/one']);
    expect(stage.textOf('a')).toBe('2');
  });

  test('that nobody wants any more are not read', async () => {
    const stage = new Stage({ a: '1', b: '2' });
    await stage.wish('ml/one', 'a');
    await stage.wish('ml/one', 'b');
    stage.reads();
    await stage.clock.advance(POLL_MS);
    expect(stage.reads()).toEqual(['read b']);
    expect(stage.textOf('a')).toBeUndefined();
  });

  test('that nobody wants any more are not read, even if there is no such thing as is wanted instead', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    await stage.wish('ml/one', 'missing');
    stage.reads();
    await stage.clock.advance(3 * POLL_MS);
    expect(stage.reads()).not.toContain('read a');
    expect(stage.textOf('a')).toBeUndefined();
  });

  test('with a lease are renewed, of which nobody is told, or replaced in time, of which all are', async () => {
    const stage = new Stage({});
    const lifetime = { kind: 'leased', ttlMs: HOUR, renewable: true } as const;
    stage.provider.secrets.set('a', { text: '1', lifetime, leaseId: 'lease-a' });
    const short = { ...lifetime, renewable: false };
    stage.provider.secrets.set('b', { text: '1', lifetime: short, leaseId: 'lease-b' });
    await stage.wish('ml/one', 'a');
    await stage.wish('ml/two', 'b');
    expect(stage.told()).toEqual(['ml/one', 'ml/two']);
    stage.reads();
    stage.provider.secrets.set('b', { text: '2', lifetime: short, leaseId: 'lease-c' });
    await stage.clock.advance(HOUR / 2);
    expect(stage.provider.asked.toSorted()).toEqual(['read b', 'renew lease-a']);
    expect(stage.told()).toEqual(['ml/two']);
    expect(stage.textOf('b')).toBe('2');
  });

  test('do not wait for each other: one that is refused keeps no other back', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'missing');
    await stage.wish('ml/two', 'a');
    expect(stage.textOf('a')).toBe('1');
    expect(stage.engine.known(ref('missing'))).toMatchObject({ failure: { code: 'not_found' } });
    expect(new Set(stage.told())).toEqual(new Set(['ml/one', 'ml/two']));
  });

  test('stay known through an outage, of which only those hear that have nothing yet', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    stage.told();
    stage.provider.fault = new ProviderError('unreachable', 'Cannot reach it');
    await stage.clock.advance(POLL_MS);
    expect(stage.told()).toEqual([]);
    await stage.wish('ml/two', 'b');
    expect(stage.told()).toEqual(['ml/two']);
    expect(stage.textOf('a')).toBe('1');
  });

  test('whose store refuses the login tell all that want them, once', async () => {
    const stage = new Stage({});
    stage.provider.fault = new ProviderError('login_refused', 'Cannot log in: mend it');
    await stage.wish('ml/one', 'a');
    await stage.clock.advance(60_000);
    expect(stage.told()).toEqual(['ml/one']);
    expect(stage.engine.known(ref('a'))).toMatchObject({ failure: { code: 'login_refused' } });
    stage.provider.fault = undefined;
    stage.provider.secrets.set('a', { text: '1' });
    await stage.clock.advance(60_000);
    expect(stage.textOf('a')).toBe('1');
  });

  test('whose store was down, and refuses the login when it is back, tell so', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    stage.told();
    stage.provider.fault = new ProviderError('unreachable', 'Cannot reach it');
    await stage.clock.advance(POLL_MS);
    stage.provider.fault = new ProviderError('token_invalid', 'Cannot read: the token has ended');
    await stage.clock.advance(POLL_MS);
    stage.provider.fault = new ProviderError('login_refused', 'Cannot log in: mend it');
    await stage.clock.advance(60_000);
    expect(stage.told()).toContain('ml/one');
    expect(stage.engine.known(ref('a'))).toMatchObject({ failure: { code: 'login_refused' } });
  });

  test('are let alone when the engine is stopped', async () => {
    const stage = new Stage({ a: '1' });
    await stage.wish('ml/one', 'a');
    stage.reads();
    stage.stop.abort();
    await stage.engine.end;
    await stage.clock.advance(10 * POLL_MS);
    expect(stage.reads()).toEqual([]);
  });
});
