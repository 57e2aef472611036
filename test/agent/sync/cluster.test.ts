import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { watchCluster } from '../../../agent/sync/cluster.ts';
import { eventually } from '../../servers/eventually.ts';

const object = (
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  version = '1',
): JsonObject => ({
  metadata: { name, namespace: 'ml', uid: `uid-${name}`, resourceVersion: version, annotations },
});

const ASKS = { 'infisical.com/secret-sync': 'true' };

/** An API server in memory: what there is, and what happens then. */
class Stage {
  readonly lists: Readonly<Record<string, readonly JsonObject[]>>;
  readonly changed: string[] = [];
  readonly asked: string[] = [];
  readonly stop = new AbortController();
  readonly #happens: Record<string, (line: JsonObject) => void> = {};
  readonly cluster: ReturnType<typeof watchCluster>;

  constructor(namespaces: readonly JsonObject[], secrets: readonly JsonObject[]) {
    this.lists = { '/api/v1/namespaces': namespaces, '/api/v1/secrets': secrets };
    const tools = { clock: systemClock, random: () => 0 };
    this.cluster = watchCluster(this.#kubernetes(), (key) => this.changed.push(key), tools, this.stop.signal);
    this.cluster.end.catch(() => undefined);
  }

  #kubernetes(): Kubernetes {
    return {
      request: ({ path, accept = '' }) => {
        this.asked.push(`${path} ${accept.includes('PartialObjectMetadata') ? 'metadata' : 'whole'}`);
        return Promise.resolve({ metadata: { resourceVersion: '1' }, items: [...(this.lists[path] ?? [])] });
      },
      stream: ({ path }) => this.#stream(path),
      close: () => Promise.resolve(),
    };
  }

  async *#stream(path: string): AsyncIterable<JsonObject> {
    for (;;) {
      yield await new Promise<JsonObject>((resolve) => {
        this.#happens[path] = resolve;
      });
    }
  }

  async happens(kind: 'namespaces' | 'secrets', type: string, subject: JsonObject): Promise<void> {
    await this.synced();
    const path = `/api/v1/${kind}`;
    await eventually('a watch', 2000, () =>
      this.#happens[path] ? Promise.resolve() : Promise.reject(new Error(path)),
    );
    this.#happens[path]?.({ type, object: subject });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async synced(): Promise<void> {
    await eventually('everything', 2000, () =>
      this.cluster.synced ? Promise.resolve() : Promise.reject(new Error('not yet')),
    );
  }

  told(): string[] {
    return this.changed.splice(0);
  }
}

const bound = (name: string, to: string): JsonObject => object(name, { 'sidekey.dev/infisical': to });

describe('what is known of a cluster', () => {
  test('is the metadata of Secrets that ask, once their namespaces are known, and nothing else', async () => {
    const stage = new Stage([bound('ml', 'p/dev')], [object('asks', ASKS), object('silent')]);
    await stage.synced();
    expect(stage.told()).toEqual(['ml/asks']);
    expect([...stage.cluster.secrets.keys()]).toEqual(['ml/asks']);
    expect(stage.asked).toEqual(['/api/v1/namespaces metadata', '/api/v1/secrets metadata']);
    expect(stage.cluster.boundNamespace('ml')?.binding.infisical).toHaveLength(1);
    expect(stage.cluster.boundNamespace('other')).toBeUndefined();
    stage.stop.abort();
  });

  test('changes with a Secret that comes to ask, asks no more, or goes', async () => {
    const stage = new Stage([], [object('one')]);
    await stage.happens('secrets', 'MODIFIED', object('one', ASKS, '2'));
    expect(stage.told()).toEqual(['ml/one']);
    await stage.happens('secrets', 'MODIFIED', object('one', { 'infisical.com/secret-sync': 'false' }, '3'));
    expect(stage.told()).toEqual(['ml/one']);
    expect(stage.cluster.secrets.size).toBe(0);
    await stage.happens('secrets', 'ADDED', object('two', ASKS, '4'));
    await stage.happens('secrets', 'DELETED', object('two', ASKS, '5'));
    expect(stage.told()).toEqual(['ml/two', 'ml/two']);
    stage.stop.abort();
  });

  test('is no news where a Secret is as it was left', async () => {
    const stage = new Stage([], [object('one', ASKS)]);
    await stage.synced();
    stage.told();
    const secret = stage.cluster.secrets.get('ml/one');
    if (secret) secret.settled = '2';
    await stage.happens('secrets', 'MODIFIED', object('one', ASKS, '2'));
    expect(stage.told()).toEqual([]);
    await stage.happens('secrets', 'MODIFIED', object('one', ASKS, '3'));
    expect(stage.told()).toEqual(['ml/one']);
    stage.stop.abort();
  });

  test('changes for all Secrets of a namespace that is bound to something else', async () => {
    const stage = new Stage([bound('ml', 'p/dev')], [object('one', ASKS), object('two', ASKS)]);
    await stage.synced();
    stage.told();
    await stage.happens('namespaces', 'MODIFIED', bound('ml', 'p/dev'));
    expect(stage.told()).toEqual([]);
    await stage.happens('namespaces', 'MODIFIED', bound('ml', 'p/prod'));
    expect(stage.told()).toEqual(['ml/one', 'ml/two']);
    await stage.happens('namespaces', 'DELETED', bound('ml', 'p/prod'));
    expect(stage.told()).toEqual(['ml/one', 'ml/two']);
    stage.stop.abort();
  });

  test('changes for a Secret that was seen before its namespace, bound or not', async () => {
    const stage = new Stage([], [object('one', ASKS)]);
    await stage.synced();
    stage.told();
    await stage.happens('namespaces', 'ADDED', object('ml'));
    expect(stage.told()).toEqual(['ml/one']);
    expect(stage.cluster.boundNamespace('ml')?.binding.infisical).toEqual([]);
    stage.stop.abort();
  });
});
