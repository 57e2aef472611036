import type { JsonObject } from '#contract/json.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import { added, bookmark, deleted, modified, secret } from './scripted-api.ts';

/** How an answer ends before its time. */
export type Fault = 'cut' | 'ended' | 'expired' | 'nonsense' | 'bookmark';

interface Change {
  readonly version: number;
  readonly event: JsonObject;
}

/** An object as it is. */
export interface Kept {
  readonly uid: string;
  readonly version: number;
}

const PAGE = 2;

/** An API server's store: a history of versions, of which the older ones can be forgotten. */
export class VersionedStore {
  readonly objects = new Map<string, Kept>();
  #version = 100;
  #oldest = 100;
  #changes: Change[] = [];
  #fault: Fault | undefined;
  #wake: () => void = () => undefined;

  put(name: string): void {
    const before = this.objects.get(name);
    const version = this.#next();
    const uid = before?.uid ?? `${name}-${version}`;
    this.objects.set(name, { uid, version });
    const object = secret(name, version, uid);
    this.#note(version, before === undefined ? added(object) : modified(object));
  }

  delete(name: string): void {
    const before = this.objects.get(name);
    if (before === undefined) return;
    this.objects.delete(name);
    const version = this.#next();
    this.#note(version, deleted(secret(name, version, before.uid)));
  }

  /** Forgets all but the present. */
  compact(): void {
    this.#oldest = this.#version;
    this.#changes = [];
  }

  /** Spoils what is being answered, or what comes next. */
  spoil(fault: Fault): void {
    this.#fault = fault;
    this.#wake();
  }

  /** The store as a client sees it. */
  readonly kubernetes: Kubernetes = {
    request: (call) => Promise.resolve().then(() => this.#list(call.query?.['continue'] ?? '')),
    stream: (call, signal) => this.#watch(Number(call.query?.['resourceVersion']), signal),
    close: () => Promise.resolve(),
  };

  #next(): number {
    this.#version += 1;
    return this.#version;
  }

  #note(version: number, event: JsonObject): void {
    this.#changes.push({ version, event });
    this.#wake();
  }

  /** The continuation is the version of the list and the last name told. */
  #list(next: string): JsonObject {
    this.#fail();
    const [version = '', after = ''] = next === '' ? [String(this.#version)] : next.split(' ');
    // Of a version other than the present this store knows no list.
    if (Number(version) !== this.#version) throw expired();
    const names = [...this.objects.keys()].toSorted().filter((name) => name > after);
    const items = names.slice(0, PAGE).map((name) => {
      const kept = this.objects.get(name);
      return secret(name, kept?.version ?? 0, kept?.uid);
    });
    const last = names[PAGE - 1] ?? '';
    return {
      metadata: { resourceVersion: version, continue: names.length > PAGE ? `${version} ${last}` : '' },
      items,
    };
  }

  async *#watch(from: number, signal: AbortSignal): AsyncIterable<JsonObject> {
    if (from < this.#oldest) throw expired();
    let at = from;
    for (;;) {
      signal.throwIfAborted();
      const fault = this.#fail();
      if (fault === 'ended') return;
      if (fault === 'bookmark') yield bookmark(at);
      const change = this.#changes.find(({ version }) => version > at);
      // What was forgotten before it was told.
      if (at < this.#oldest && this.#oldest > from) throw expired();
      if (change === undefined) {
        await this.#news(signal);
        continue;
      }
      at = change.version;
      yield change.event;
    }
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Takes the fault that is due, and throws it if it is one to throw. */
  #fail(): Fault | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault === 'cut') throw new KubernetesError('unreachable', 'Cannot: cut');
    if (fault === 'nonsense') throw new KubernetesError('invalid_response', 'Cannot: nonsense');
    if (fault === 'expired') throw expired();
    return fault;
  }
}

const expired = (): KubernetesError => new KubernetesError('gone', 'Cannot: expired');
