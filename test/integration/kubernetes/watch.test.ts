import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsonObject, objectIn, textIn } from '#contract/json.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { applyObject } from '#platform/kubernetes/apply.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { Watched } from '#platform/kubernetes/list.ts';
import { watchResource, type WatchEvent } from '#platform/kubernetes/watch.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts';
import { eventually, PATIENCE_MS } from '../../servers/eventually.ts';
import { NAMESPACE, NEVER, openStage, secret, SECRETS, type Stage } from './stage.ts';

let stage: Stage;
let worker: Kubernetes;
let proxy: FaultProxy;

beforeAll(async () => {
  stage = await openStage('');
  worker = stage.client('worker');
  proxy = await startFaultProxy(new URL(stage.address));
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await stage.stop();
});

const put = (name: string, value: string, labels: JsonObject = {}): Promise<JsonObject> => {
  const object = secret(name, value);
  const labelled = { ...object, metadata: { ...objectIn(object, 'metadata'), labels } };
  const application = { path: `${SECRETS}/${name}`, object: labelled, fieldManager: 'sidekey', force: true };
  return applyObject(worker, application, NEVER);
};

const remove = (name: string): Promise<JsonObject> =>
  worker.request({ method: 'DELETE', path: `${SECRETS}/${name}` }, NEVER);

/** A watch beside the test, by way of the proxy. */
class Listener implements AsyncDisposable {
  readonly events: WatchEvent[] = [];
  readonly restarts: string[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  constructor(watched: Partial<Watched> = {}, clock: Clock = systemClock) {
    const kubernetes = stage.client('worker', `https://127.0.0.1:${proxy.port}`);
    const onRestart = (reason: string): void => void this.restarts.push(reason);
    const tools = { clock, random: Math.random, onRestart };
    const all = { path: SECRETS, metadataOnly: true, ...watched };
    const follow = async (): Promise<void> => {
      for await (const event of watchResource(kubernetes, all, tools, this.#stop.signal))
        this.events.push(event);
    };
    this.#ended = follow().catch((error: unknown) => error);
  }

  /** In short: `put a`, `deleted a`, `synced`. */
  get told(): readonly string[] {
    return this.events.map((event) =>
      event.type === 'synced'
        ? 'synced'
        : `${event.type} ${textIn(objectIn(event.object, 'metadata'), 'name')}`,
    );
  }

  async hear(...expected: readonly string[]): Promise<void> {
    await eventually(expected.join(', '), PATIENCE_MS, () => {
      const missing = expected.filter((one) => !this.told.includes(one));
      return missing.length === 0
        ? Promise.resolve()
        : Promise.reject(new Error(`Not told: ${missing.join(', ')}; restarts: ${this.restarts.join(', ')}`));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await this.#ended;
  }
}

test('a list of more than a page is told whole, and of metadata alone holds nothing else', async () => {
  const names = Array.from({ length: 520 }, (_, number) => `many-${number}`);
  await Promise.all(names.map((name) => put(name, 'a', { app: 'many' })));
  await using listener = new Listener({ labelSelector: 'app=many' });
  await listener.hear('synced');
  expect(listener.told.slice(0, -1).toSorted()).toEqual(names.map((name) => `put ${name}`).toSorted());
  await put('many-520', 'a', { app: 'many' });
  await listener.hear('put many-520');
  for (const event of listener.events) {
    if (event.type !== 'put') continue;
    expect(Object.keys(event.object).toSorted()).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(event.object['kind']).toBe('PartialObjectMetadata');
  }
  await Promise.all([...names, 'many-520'].map(remove));
  await listener.hear(...names.map((name) => `deleted ${name}`));
  expect(listener.restarts).toEqual([]);
});

test('whole objects come with their data, and what leaves the selection is deleted', async () => {
  await using listener = new Listener({ labelSelector: 'app=whole', metadataOnly: false });
  await listener.hear('synced');
  await put('whole', 'a', { app: 'whole' });
  await listener.hear('put whole');
  expect(listener.events.at(-1)).toMatchObject({ object: { kind: 'Secret', data: { token: 'YQ==' } } });
  await put('whole', 'a', { app: 'another' });
  await listener.hear('deleted whole');
});

test('a watch goes on from where it was when its connection is killed', async () => {
  await using listener = new Listener({ fieldSelector: 'type=Opaque' });
  await listener.hear('synced');
  for (const name of ['cut-1', 'cut-2', 'cut-3']) {
    proxy.cut();
    await put(name, 'a');
    await listener.hear(`put ${name}`);
  }
  await remove('cut-1');
  await listener.hear('deleted cut-1');
  expect(listener.restarts.length).toBeGreaterThan(0);
  expect(new Set(listener.restarts)).toEqual(new Set(['unreachable']));
  expect(listener.told.filter((what) => what === 'synced')).toHaveLength(1);
});

test('a watch whose connection is dead without a word is begun anew', async () => {
  const clock = new SteeredClock();
  await using listener = new Listener({}, clock);
  await listener.hear('synced');
  await put('heard', 'a');
  await listener.hear('put heard');
  await proxy.inflict('black_hole');
  await put('unheard', 'a');
  await proxy.heal();
  // Longer than the server keeps a watch, and the pause after it.
  await clock.advance(631_000);
  await listener.hear('put unheard');
  expect(listener.restarts).toEqual(['timeout']);
});

test('a watch outlives the API server, and is told of what went on without it', async () => {
  await put('stays', 'a');
  await put('goes', 'a');
  await using listener = new Listener();
  await listener.hear('put stays', 'put goes', 'synced');
  // What the watch does not see makes its version an old one.
  await stage.cluster.kubectl(['create', 'configmap', 'unseen', `--namespace=${NAMESPACE}`]);
  await stage.cluster.restart(async () => {
    // The way to the API server stays closed until there is something to catch up with.
    await proxy.inflict('black_hole');
    proxy.cut();
  });
  await eventually('the change', PATIENCE_MS, () => put('comes', 'a'));
  await remove('goes');
  await proxy.heal();
  proxy.cut();
  await listener.hear('put comes', 'deleted goes');
  // An API server knows no version from before its start: this is the real 410.
  expect(listener.restarts).toContain('gone');
  expect(listener.told.filter((what) => what === 'synced').length).toBeGreaterThan(1);
  expect(listener.told).not.toContain('deleted stays');
});
