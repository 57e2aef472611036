import { isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { Clock } from '#platform/clock.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';

/** How one request fares, in milliseconds: when the server does what it is asked, and how long its answer is on its way. */
export interface Fate {
  readonly beforeMs: number;
  readonly afterMs: number;
  /** True if it never gets there. */
  readonly lost: boolean;
}

export const PROMPT: Fate = { beforeMs: 0, afterMs: 0, lost: false };
export const CUT: Fate = { beforeMs: 0, afterMs: 0, lost: true };

const FOREVER = new AbortController().signal;

/** One Lease on an API server, as several candidates reach it. */
export class LeaseWorld {
  readonly #clock: Clock;
  #version = 0;
  lease: JsonObject | undefined;
  /** Every request that was made, as `PUT sync`. */
  readonly asked: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get spec(): JsonObject {
    return objectIn(this.lease ?? {}, 'spec');
  }

  /** The server over a connection of its own. */
  client(fate: () => Fate): Kubernetes {
    return {
      request: (call, signal) => this.#request(call, fate(), signal),
      stream: () => {
        throw new Error('There is nothing to watch');
      },
      close: () => Promise.resolve(),
    };
  }

  /** Puts the Lease into somebody's hands. */
  seize(holderIdentity: string): void {
    this.#write({ ...this.lease, spec: { ...this.spec, holderIdentity } });
  }

  async #request(call: KubernetesCall, fate: Fate, signal: AbortSignal): Promise<JsonObject> {
    const { timeoutMs = 10_000 } = call;
    const total = fate.lost ? Number.POSITIVE_INFINITY : fate.beforeMs + fate.afterMs;
    // The server does not know whether anybody still waits.
    const done = fate.lost ? undefined : this.#later(fate.beforeMs, () => this.#perform(call));
    done?.catch(() => undefined);
    if (total > 0) await this.#clock.sleep(Math.min(total, timeoutMs), signal);
    if (done === undefined || total >= timeoutMs) throw new KubernetesError('timeout', 'Cannot: too late');
    return await done;
  }

  async #later(ms: number, act: () => JsonObject): Promise<JsonObject> {
    if (ms > 0) await this.#clock.sleep(ms, FOREVER);
    return act();
  }

  #perform({ method, path, body }: KubernetesCall): JsonObject {
    this.asked.push(`${method} ${path.slice(path.lastIndexOf('/') + 1)}`);
    if (method === 'POST' && this.lease !== undefined)
      throw new KubernetesError('conflict', 'Cannot: there', { conflict: 'exists' });
    if (method === 'POST') return this.#write(body);
    if (this.lease === undefined) throw new KubernetesError('not_found', 'Cannot: not there');
    if (method === 'GET') return this.lease;
    const version = isObject(body) ? textIn(objectIn(body, 'metadata'), 'resourceVersion') : '';
    if (version !== String(this.#version))
      throw new KubernetesError('conflict', 'Cannot: changed', { conflict: 'changed' });
    return this.#write(body);
  }

  #write(body: unknown): JsonObject {
    this.#version += 1;
    const written = isObject(body) ? body : {};
    this.lease = {
      ...written,
      metadata: { ...objectIn(written, 'metadata'), resourceVersion: String(this.#version) },
    };
    return this.lease;
  }
}
