import { describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import { watchResource } from '#platform/kubernetes/watch.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { added, bookmark, NEVER, secret } from './scripted-api.ts';
import { SECRETS, type Watching, watching } from './watching.ts';

type Watch = (signal: AbortSignal, number: number) => AsyncIterable<JsonObject>;

interface Fake extends Kubernetes {
  /** From which version each watch was to begin. */
  readonly versions: readonly (string | undefined)[];
}

const EMPTY_LIST: JsonObject = { metadata: { resourceVersion: '10' }, items: [] };

/** An API server without a network: a list, and watches as the test has them. */
function fake(watch: Watch, list: (signal: AbortSignal) => Promise<JsonObject> = emptyList): Fake {
  const versions: (string | undefined)[] = [];
  return {
    versions,
    request: (_call, signal) => list(signal),
    stream(call, signal) {
      versions.push(call.query?.['resourceVersion']);
      return watch(signal, versions.length);
    },
    close: () => Promise.resolve(),
  };
}

const emptyList = (): Promise<JsonObject> => Promise.resolve(EMPTY_LIST);

/** Waits until it is cut, as a connection does on which nothing comes. */
const untilCut = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

async function* silent(signal: AbortSignal): AsyncIterable<JsonObject> {
  yield await untilCut(signal);
}

const down = (retryAfterMs?: number): KubernetesError =>
  new KubernetesError('server_error', 'Cannot: down', retryAfterMs === undefined ? {} : { retryAfterMs });

/** The pauses of a watch within some time, when chance makes each as long as it may be. */
async function pauses(kubernetes: Kubernetes, ms: number): Promise<readonly number[]> {
  const clock = new SteeredClock();
  const sleeping = vi.spyOn(clock, 'sleep');
  await using watch = watching(kubernetes, clock, SECRETS, () => 1);
  await clock.advance(ms);
  expect(watch.restarts).not.toContain('timeout');
  // What is longer than a pause can be is a limit to silence.
  return sleeping.mock.calls.map(([length]) => length).filter((length) => length < 100_000);
}

describe('the pauses of a watch', () => {
  test('grow to half a minute while nothing can be had', async () => {
    const kubernetes = fake(silent, () => Promise.reject(down()));
    expect(await pauses(kubernetes, 120_000)).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  test('are at least what the server asks for', async () => {
    const kubernetes = fake(silent, () => Promise.reject(down(10_000)));
    expect((await pauses(kubernetes, 25_000)).slice(0, 2)).toEqual([11_000, 11_000]);
  });

  test('grow with a server that lists but does not let watch', async () => {
    const gone = new KubernetesError('gone', 'Cannot');
    const kubernetes = fake(() => failing(gone));
    expect((await pauses(kubernetes, 3750)).slice(0, 4)).toEqual([250, 500, 1000, 2000]);
  });

  test('grow with a server that ends each watch at once', async () => {
    const kubernetes = fake(async function* () {
      // The same version again is no news.
      yield bookmark(10);
    });
    expect((await pauses(kubernetes, 3750)).slice(0, 4)).toEqual([250, 500, 1000, 2000]);
  });

  test('begin anew after news', async () => {
    const kubernetes = fake(async function* (_signal, number) {
      if (number === 4) yield bookmark(20);
    });
    expect((await pauses(kubernetes, 3000)).slice(0, 5)).toEqual([250, 500, 1000, 250, 500]);
  });

  test('begin anew after a watch that lasted, though nothing happened', async () => {
    const clock = new SteeredClock();
    const sleeping = vi.spyOn(clock, 'sleep');
    const kubernetes = fake(async function* (signal) {
      await clock.sleep(30_000, signal);
      yield* [];
    });
    await using watch = watching(kubernetes, clock, SECRETS, () => 1);
    await clock.advance(100_000);
    expect(watch.told).toEqual(['synced']);
    expect(sleeping.mock.calls.map(([ms]) => ms).filter((ms) => ms < 30_000)).toEqual([250, 250, 250]);
  });
});

describe('a connection on which nothing comes', () => {
  const opened = (kubernetes: Fake, clock: SteeredClock): Watching => watching(kubernetes, clock);

  test('is given up half a minute after the server should have ended the watch', async () => {
    const clock = new SteeredClock();
    const kubernetes = fake(silent);
    await using watch = opened(kubernetes, clock);
    await clock.advance(329_999);
    expect(watch.restarts).toEqual([]);
    await clock.advance(1);
    expect(watch.restarts).toEqual(['timeout']);
  });

  test('is given up after two and a half minutes where bookmarks come', async () => {
    const clock = new SteeredClock();
    const kubernetes = fake(async function* (signal) {
      await clock.sleep(60_000, signal);
      yield bookmark(20);
      yield* silent(signal);
    });
    await using watch = opened(kubernetes, clock);
    await clock.advance(60_000 + 149_999);
    expect(watch.restarts).toEqual([]);
    await clock.advance(1);
    expect(watch.restarts).toEqual(['timeout']);
    await clock.advance(50);
    expect(kubernetes.versions).toEqual(['10', '20']);
  });

  test('is not one on which we do not read', async () => {
    const clock = new SteeredClock();
    const kubernetes = fake(async function* (signal) {
      yield added(secret('a', 11));
      // As a connection that is cut.
      signal.throwIfAborted();
      yield added(secret('b', 12));
      yield* silent(signal);
    });
    const onRestart = vi.fn<() => void>();
    const tools = { clock, random: () => 0, onRestart };
    const watch = watchResource(kubernetes, SECRETS, tools, NEVER)[Symbol.asyncIterator]();
    expect((await watch.next()).value).toEqual({ type: 'synced' });
    expect((await watch.next()).value).toMatchObject({ type: 'put' });
    await clock.advance(3_600_000);
    expect((await watch.next()).value).toMatchObject({ type: 'put' });
    expect(onRestart).not.toHaveBeenCalled();
    await watch.return?.();
  });
});

describe('a watch that brings nothing at all, not even a bookmark', () => {
  // As one from a version that is yet to come, after etcd was set back.
  const ending = (ms: number, clock: SteeredClock, versions: string[]): Fake =>
    fake(
      async function* (signal, number) {
        await clock.sleep(ms, signal);
        if (number > 2) yield* silent(signal);
      },
      () => Promise.resolve({ metadata: { resourceVersion: versions.shift() ?? '' }, items: [] }),
    );

  test('is followed by a list', async () => {
    const clock = new SteeredClock();
    const kubernetes = ending(300_000, clock, ['10', '5', '6']);
    await using watch = watching(kubernetes, clock);
    await clock.advance(601_000);
    expect(kubernetes.versions).toEqual(['10', '5', '6']);
    expect(watch.told).toEqual(['synced', 'synced', 'synced']);
    expect(watch.restarts).toEqual([]);
  });

  test('is none if it was short', async () => {
    const clock = new SteeredClock();
    const kubernetes = ending(149_000, clock, ['10']);
    await using watch = watching(kubernetes, clock);
    await clock.advance(300_000);
    expect(kubernetes.versions).toEqual(['10', '10', '10']);
    expect(watch.told).toEqual(['synced']);
  });
});

describe('a watch ends with the reason of its signal', () => {
  const reason = new Error('shutting down');

  test.each<[string, Fake]>([
    ['in a list', fake(silent, untilCut)],
    ['in a watch', fake(silent)],
    ['in a pause', fake(silent, () => Promise.reject(down()))],
  ])('%s', async (_, kubernetes) => {
    const clock = new SteeredClock();
    const watch = watching(kubernetes, clock);
    await clock.settle();
    expect(await watch.stop(reason)).toBe(reason);
  });

  test('and closes what is open when nobody listens any more', async () => {
    let closed = false;
    const kubernetes = fake(async function* () {
      try {
        yield added(secret('a', 11));
      } finally {
        closed = true;
      }
    });
    const tools = { clock: new SteeredClock(), random: () => 0 };
    for await (const event of watchResource(kubernetes, SECRETS, tools, NEVER)) {
      if (event.type === 'put') break;
    }
    expect(closed).toBe(true);
  });
});

test('a fault of ours ends a watch', async () => {
  const bug = new TypeError('x is not a function');
  const watch = watching(
    fake(() => failing(bug)),
    new SteeredClock(),
  );
  await vi.waitFor(() => expect(watch.told).toEqual(['synced']));
  expect(await watch.stop(new Error('too late'))).toBe(bug);
});

async function* failing(error: Error): AsyncIterable<JsonObject> {
  yield* [];
  throw error;
}
