import type { Kubernetes } from './client.ts';
import { KubernetesError } from './errors.ts';
import { type EventSource, keyOf, type Occurrence } from './event-body.ts';
import { deliver, type Pending, type Post, type RecorderTools, type Sent } from './event-delivery.ts';

/** Tells the users of an object what happened to it: `kubectl events --for` shows it, and of most kinds `kubectl describe`. */
export interface Recorder {
  /** Returns at once and never throws: an Event is worth less than what it is about. */
  record(occurrence: Occurrence): void;
  /** Sends what is waiting, for at most two seconds, and nothing from then on. */
  close(): Promise<void>;
}

/** Events that may wait at a time; of more, the oldest are left out. */
const MOST_PENDING = 256;
/** Events that are remembered, to be counted up when they come again. */
const MOST_SENT = 1024;
const CLOSING_MS = 2000;

/**
 * A recorder of Events. The same occurrence within ten minutes of the last counts up one Event. One is sent at a time, so
 * that a flood of them takes one connection and no more.
 */
export function createRecorder(kubernetes: Kubernetes, source: EventSource, tools: RecorderTools): Recorder {
  const { clock } = tools;
  const pending = new Map<string, Pending>();
  const sent = new Map<string, Sent>();
  const closed = new AbortController();
  const post: Post = { kubernetes, source, tools, signal: closed.signal };
  let closing = false;
  let sending: Promise<void> | undefined;

  async function drain(): Promise<void> {
    // What is added meanwhile comes last, and is seen too.
    for (const [key, next] of pending) {
      pending.delete(key);
      try {
        const event = await deliver(post, next, sent.get(key));
        sent.delete(key);
        putWithin(sent, MOST_SENT, key, event);
      } catch (error) {
        tools.onLost?.(error instanceof KubernetesError ? error.reason : 'unreachable');
      }
    }
    sending = undefined;
  }

  return {
    record(occurrence) {
      if (closing) return;
      const now = clock.now();
      const key = keyOf(occurrence);
      const { count, first } = pending.get(key) ?? { count: 0, first: now };
      const next = { occurrence, count: count + 1, first, last: now };
      if (putWithin(pending, MOST_PENDING, key, next)) tools.onLost?.('full');
      sending ??= drain();
    },
    async close() {
      closing = true;
      const late = clock.sleep(CLOSING_MS, closed.signal).catch(() => undefined);
      await Promise.race([sending, late]);
      closed.abort(new Error('The recorder is closed'));
      await sending;
    },
  };
}

/** Keeps a map, whose keys stand in the order in which they came, within a size. True if the oldest had to go. */
function putWithin<Value>(map: Map<string, Value>, most: number, key: string, value: Value): boolean {
  map.set(key, value);
  if (map.size <= most) return false;
  const [oldest] = map.keys();
  return oldest !== undefined && map.delete(oldest);
}
