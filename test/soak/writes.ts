import { field } from '../servers/openbao-api.ts';
import type { Api } from '../servers/openbao.ts';
import { PATHS, valueOf } from './files.ts';
import type { Write } from './record.ts';
import { pause } from './repeat.ts';
import type { Subject } from './subject.ts';

/** A value that nobody has read after so long is lost. */
const LOST_MS = 60_000;
const LOOK_MS = 20;
const RETRY_MS = 200;

/**
 * Makes a value number so and so; a store that is away just now is waited for. One that is about to come back redirects a
 * write to where it will be, which is no success: the value is there when it can be read.
 */
export async function write(api: Api, kind: Write['kind'], serial: number): Promise<void> {
  const value = valueOf(serial);
  const body = kind === 'KV v2' ? { data: { value } } : { value };
  const never = new AbortController().signal;
  while ((await stored(api, kind).catch(() => undefined)) !== value) {
    await api('POST', PATHS[kind], body).catch(() => pause(RETRY_MS, never));
  }
}

async function stored(api: Api, kind: Write['kind']): Promise<unknown> {
  const answer = await api('GET', PATHS[kind]);
  return kind === 'KV v2' ? field(answer, 'data', 'data', 'value') : field(answer, 'data', 'value');
}

interface Writing {
  readonly api: Api;
  readonly pods: readonly Subject[];
  readonly now: () => number;
  /** How long a value is left alone once all have seen it. */
  readonly pauseMs: () => number;
}

/** Writes one value after another, each once every pod has seen the one before, until it is asked to stop. */
export async function writeValues(
  kind: Write['kind'],
  { api, pods, now, pauseMs }: Writing,
  stop: AbortSignal,
): Promise<readonly Write[]> {
  const writes: Write[] = [];
  for (let serial = 1; !stop.aborted; serial += 1) {
    await write(api, kind, serial);
    const at = now();
    writes.push(
      ...(await Promise.all(pods.map((pod) => watch(pod, { kind, pod: pod.name, at }, serial, now)))),
    );
    await pause(pauseMs(), stop);
  }
  return writes;
}

async function watch(pod: Subject, written: Write, serial: number, now: () => number): Promise<Write> {
  const never = new AbortController().signal;
  while (pod.mark(written.kind) !== String(serial)) {
    if (now() - written.at > LOST_MS) return written;
    await pause(LOOK_MS, never);
  }
  return { ...written, seenAt: now() };
}
