import { isObject, type JsonObject, objectIn, textIn } from '#contract/json.ts';
import type { KubernetesCall } from '#platform/kubernetes/call.ts';
import type { Kubernetes } from '#platform/kubernetes/client.ts';
import { KubernetesError } from '#platform/kubernetes/errors.ts';
import { readSecret } from '../../../agent/sync/decide/live-secret.ts';
import { base64 } from './decide/world.ts';

type Texts = Readonly<Record<string, string>>;

interface Stored {
  readonly uid: string;
  version: number;
  /** `annotations/…` and `data/…`. */
  readonly fields: Map<string, { readonly value: string; readonly owners: ReadonlySet<string> }>;
}

/** An API server in memory that keeps Secrets of the namespace `ml` and books of who has which field, as a real one does. */
export class MemoryApi implements Kubernetes {
  readonly asked: string[] = [];
  /** Thrown by the next requests of a method, if set. */
  readonly faults = new Map<string, Error>();
  /** Called when a request has been answered, before the answer arrives. */
  answered: (call: KubernetesCall) => void = () => undefined;
  readonly #secrets = new Map<string, Stored>();
  #serial = 0;

  /** As a user's or a backup's manifest: the fields are what it says, in its own name. */
  put(name: string, annotations: Texts, data: Texts = {}): void {
    const secret = this.#secrets.get(name) ?? {
      uid: `uid-${(this.#serial += 1)}`,
      version: 0,
      fields: new Map(),
    };
    this.#secrets.set(name, secret);
    const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
    write(secret, fieldsOf({ metadata: { annotations }, data: encoded }), 'kubectl');
    this.#changed(secret);
  }

  delete(name: string): void {
    this.#secrets.delete(name);
  }

  object(name: string): JsonObject {
    const { uid, version, fields } = this.#secrets.get(name) ?? refuse('not_found');
    const managers = new Set([...fields.values()].flatMap(({ owners }) => [...owners]));
    const under = (part: string): JsonObject =>
      Object.fromEntries(
        [...fields].flatMap(([key, { value }]) =>
          key.startsWith(`${part}/`) ? [[key.slice(part.length + 1), value]] : [],
        ),
      );
    return {
      metadata: {
        name,
        namespace: 'ml',
        uid,
        resourceVersion: String(version),
        annotations: under('annotations'),
        managedFields: [...managers].map((manager) => ({
          manager,
          operation: manager === 'kubectl' ? 'Update' : 'Apply',
          fieldsV1: {
            'f:data': Object.fromEntries(
              [...fields].flatMap(([key, { owners }]) =>
                owners.has(manager) && key.startsWith('data/') ? [[`f:${key.slice(5)}`, {}]] : [],
              ),
            ),
          },
        })),
      },
      data: under('data'),
    };
  }

  values(name: string): Texts {
    const data = [...readSecret(this.object(name)).data];
    return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  async request(call: KubernetesCall, signal: AbortSignal): Promise<JsonObject> {
    signal.throwIfAborted();
    this.asked.push(call.method);
    const fault = this.faults.get(call.method);
    if (fault) throw fault;
    try {
      return this.#answer(call);
    } finally {
      this.answered(call);
      await Promise.resolve();
    }
  }

  #answer({ method, path, body, query, type }: KubernetesCall): JsonObject {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (method === 'PATCH' && isObject(body))
      this.#patch(name, body, type === 'apply' ? query?.['fieldManager'] : undefined);
    return this.object(name);
  }

  #patch(name: string, body: JsonObject, applier: string | undefined): void {
    const secret = this.#secrets.get(name) ?? refuse(applier === undefined ? 'not_found' : 'conflict');
    const metadata = objectIn(body, 'metadata');
    for (const [field, mine] of [
      ['uid', secret.uid],
      ['resourceVersion', String(secret.version)],
    ] as const)
      if (![undefined, mine].includes(textIn(metadata, field) || undefined)) refuse('conflict');
    const before = JSON.stringify(
      [...secret.fields].map(([key, { value, owners }]) => [key, value, [...owners]]),
    );
    write(secret, fieldsOf(body), applier ?? 'merge');
    if (applier !== undefined) release(secret, fieldsOf(body), applier);
    const after = JSON.stringify(
      [...secret.fields].map(([key, { value, owners }]) => [key, value, [...owners]]),
    );
    if (before !== after) this.#changed(secret);
  }

  #changed(secret: Stored): void {
    this.#serial += 1;
    secret.version = this.#serial;
  }

  async *stream(): AsyncIterable<JsonObject> {
    // Nobody watches it.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function refuse(reason: 'not_found' | 'conflict'): never {
  throw new KubernetesError(reason, `Cannot do it: ${reason}`);
}

/** What a body says of fields; null of one that is to go. */
function fieldsOf(body: JsonObject): Map<string, string | null> {
  const parts = {
    annotations: objectIn(objectIn(body, 'metadata'), 'annotations'),
    data: objectIn(body, 'data'),
  };
  return new Map(
    Object.entries(parts).flatMap(([part, fields]) =>
      Object.entries(fields).map(([key, value]): [string, string | null] => [
        `${part}/${key}`,
        typeof value === 'string' ? value : null,
      ]),
    ),
  );
}

/** Whoever changes a field takes it from all others; whoever writes the same has it with them. */
function write({ fields }: Stored, said: ReadonlyMap<string, string | null>, manager: string): void {
  for (const [key, value] of said) {
    const { value: before, owners = new Set<string>() } = fields.get(key) ?? {};
    if (value === null) fields.delete(key);
    else
      fields.set(key, {
        value,
        owners: value === before ? new Set([...owners, manager]) : new Set([manager]),
      });
  }
}

/** What an applier no longer names goes, if nobody else has it. */
function release({ fields }: Stored, said: ReadonlyMap<string, string | null>, applier: string): void {
  for (const [key, { value, owners }] of fields) {
    if (said.has(key) || !owners.has(applier)) continue;
    const others = new Set([...owners].filter((owner) => owner !== applier));
    if (others.size === 0) fields.delete(key);
    else fields.set(key, { value, owners: others });
  }
}
