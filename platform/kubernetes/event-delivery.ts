import { objectIn, textIn } from '#contract/json.ts';
import type { Clock } from '../clock.ts';
import { backoffMs } from './backoff.ts';
import type { Kubernetes } from './client.ts';
import { KubernetesError, type KubernetesReason } from './errors.ts';
import {
  eventBody,
  type EventSource,
  eventsPath,
  type Occurrence,
  type Repetition,
  repetitionBody,
} from './event-body.ts';

export interface RecorderTools {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of each Event that nobody will see: `full` if others came too quickly. */
  onLost?(reason: KubernetesReason | 'full'): void;
}

/** What is to be sent: an occurrence, and how often it came since the last sending. */
export interface Pending extends Repetition {
  readonly occurrence: Occurrence;
}

/** An Event that the API server has. */
export interface Sent extends Repetition {
  readonly path: string;
}

/** What all deliveries of one recorder need. */
export interface Post {
  readonly kubernetes: Kubernetes;
  readonly source: EventSource;
  readonly tools: RecorderTools;
  readonly signal: AbortSignal;
}

/** As long as the same Event is counted up. Well below the hour after which an API server forgets it. */
const SAME_MS = 600_000;
const ATTEMPTS = 4;

/**
 * Makes a new Event, or counts up the one that the same occurrence made `before`. Tries a few times, for an API server that
 * restarts is not to swallow an Event.
 *
 * @throws {KubernetesError} If it is of no use to go on.
 * @throws {unknown} The reason of the post's signal, when it is aborted.
 */
export async function deliver(post: Post, next: Pending, before: Sent | undefined): Promise<Sent> {
  const { tools, signal } = post;
  const known = before !== undefined && next.last - before.last < SAME_MS ? before : undefined;
  for (let failures = 1; ; failures += 1) {
    try {
      return known === undefined ? await create(post, next) : await repeat(post, next, known);
    } catch (error) {
      if (!(error instanceof KubernetesError && error.transient) || failures >= ATTEMPTS) throw error;
      await tools.clock.sleep(backoffMs(failures, tools.random, error.retryAfterMs), signal);
    }
  }
}

async function create({ kubernetes, source, signal }: Post, next: Pending): Promise<Sent> {
  const { occurrence, count, first, last } = next;
  const path = eventsPath(occurrence.involved);
  const body = eventBody(source, occurrence, next);
  const made = await kubernetes.request({ method: 'POST', path, body }, signal);
  return { path: `${path}/${textIn(objectIn(made, 'metadata'), 'name')}`, count, first, last };
}

async function repeat(post: Post, next: Pending, { path, count, first }: Sent): Promise<Sent> {
  const now: Sent = { path, count: count + next.count, first, last: next.last };
  try {
    const body = repetitionBody(now);
    await post.kubernetes.request({ method: 'PATCH', path, body, type: 'merge' }, post.signal);
    return now;
  } catch (error) {
    // Forgotten sooner than we thought.
    if (error instanceof KubernetesError && error.reason === 'not_found') return await create(post, next);
    throw error;
  }
}
