import type { JsonObject } from '#contract/json.ts';
import { createLog } from '#platform/log.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import type { Watching } from '../../../injector/cluster/follow.ts';
import { SteeredClock } from '../../agent/steered-clock.ts';

/** An API server that holds what a test gives it, and tells its one watch of what the test says. */
export class ToldApi {
  readonly clock = new SteeredClock();
  readonly lines: string[] = [];
  readonly #items: readonly JsonObject[];
  readonly #stop = new AbortController();
  #version = 1;
  readonly #waiting: JsonObject[] = [];
  #wake: () => void = () => undefined;

  constructor(items: readonly JsonObject[] = []) {
    this.#items = items;
  }

  readonly #kubernetes: Kubernetes = {
    request: () => Promise.resolve({ metadata: { resourceVersion: '1' }, items: this.#items }),
    stream: () => this.#stream(),
    close: () => Promise.resolve(),
  };

  async *#stream(): AsyncIterable<JsonObject> {
    for (;;) {
      yield* this.#waiting.splice(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get watching(): Watching {
    const log = createLog('info', 'test', { write: (line) => void this.lines.push(line) });
    const tools = { clock: this.clock, random: () => 0 };
    return { kubernetes: this.#kubernetes, tools, log, signal: this.#stop.signal };
  }

  async tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: JsonObject): Promise<void> {
    this.#version += 1;
    const metadata = { ...(object['metadata'] as JsonObject), resourceVersion: String(this.#version) };
    this.#waiting.push({ type, object: { ...object, metadata } });
    this.#wake();
    await this.clock.settle();
  }
}

/** A namespace as a watch of metadata tells of it. */
export const namespace = (name: string, annotations: Readonly<Record<string, string>> = {}): JsonObject => ({
  apiVersion: 'meta.k8s.io/v1',
  kind: 'PartialObjectMetadata',
  metadata: { name, uid: `uid-of-${name}`, annotations },
});
