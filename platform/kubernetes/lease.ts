import type { JsonObject } from '#contract/json.ts';
import type { Clock } from '../clock.ts';
import type { KubernetesCall } from './call.ts';
import type { Kubernetes } from './client.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { KubernetesError, type KubernetesReason } from './errors.ts';
import { decideLease, type Observation, observe } from './lease-decision.ts';
import { type Candidate, type LeaseRecord, readLease, released, renewed, taken } from './lease-record.ts';

/** An election among the processes that know the same Lease. All times in milliseconds. */
export interface Election {
  readonly namespace: string;
  readonly name: string;
  /** Of this very process and no other, dead ones included: its pod's name and something by chance. */
  readonly identity: string;
  /** How long the Lease outlives its last renewal. Default: 15,000. */
  readonly durationMs?: number;
  /** How long the leader goes on without a renewal; less than the duration. Default: 10,000. */
  readonly renewMs?: number;
  /** Between two renewals, and between two looks at another's Lease. Default: 2000. */
  readonly retryMs?: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of each fault; the election goes on. */
  onFault?(error: KubernetesError): void;
}

/** What all steps of one election need. */
interface Running {
  readonly kubernetes: Kubernetes;
  readonly election: Election;
  readonly candidate: Candidate;
  readonly renewMs: number;
  readonly retryMs: number;
  /** Of one request to the API server. */
  readonly timeoutMs: number;
}

/**
 * Waits for the lead, works while it lasts, and waits again when it is lost. `lost` is aborted when the Lease could not be
 * renewed in time, and when the election is stopped; the work is to end then, quickly, for after the duration another may
 * lead. Until the work has ended the Lease is renewed; then it is released, so that another need not wait.
 *
 * Nothing here believes a wall clock: how long a Lease is good for is judged by waits alone.
 *
 * Ends when stopped, or when the work ends by itself.
 *
 * @throws {unknown} What the work throws, unless it is the reason of `lost`.
 */
export async function lead(
  kubernetes: Kubernetes,
  election: Election,
  work: (lost: AbortSignal) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  const running = prepare(kubernetes, election);
  while (!stop.aborted) {
    const record = await acquire(running, stop);
    if (record === undefined) return;
    if ((await hold(running, record, work, stop)) === 'ended') return;
  }
}

function prepare(kubernetes: Kubernetes, election: Election): Running {
  const { namespace, name, identity, durationMs = 15_000, renewMs = 10_000, retryMs = 2000 } = election;
  if (!(durationMs > renewMs && renewMs > retryMs && retryMs > 0))
    throw new RangeError(
      `Cannot elect a leader: the duration (${durationMs} ms) must exceed the renewal deadline (${renewMs} ms), and that the retry period (${retryMs} ms)`,
    );
  return {
    kubernetes,
    election,
    candidate: { namespace, name, identity, durationMs },
    renewMs,
    retryMs,
    // A renewal counts from its answer, and is good from some moment before. One half of what lies between deadline and
    // duration is for that, the other for the work to end in.
    timeoutMs: (durationMs - renewMs) / 2,
  };
}

/** The Lease, once it is ours; undefined if stopped before. */
async function acquire(running: Running, stop: AbortSignal): Promise<LeaseRecord | undefined> {
  const { election, candidate, retryMs } = running;
  let waited = 0;
  let observation: Observation | undefined;
  for (;;) {
    try {
      const record = await look(running, stop);
      observation = observe(observation, record, waited);
      if (decideLease(candidate, record, observation, waited) !== 'wait')
        return await write(running, record, taken(candidate, record, election.clock.now()));
    } catch (error) {
      if (stop.aborted) return undefined;
      report(running, error);
    }
    const pause = retryMs * (1 + 0.2 * election.random());
    try {
      await election.clock.sleep(pause, stop);
    } catch {
      return undefined;
    }
    // Requests take time too: to leave it out errs on the side of waiting.
    waited += pause;
  }
}

/** Works while the Lease can be kept. `ended` if there is no need to campaign again. */
async function hold(
  running: Running,
  first: LeaseRecord,
  work: (lost: AbortSignal) => Promise<void>,
  stop: AbortSignal,
): Promise<'ended' | 'lost'> {
  const lasting = createDeadline(running.election.clock, stop, () => lostLease(running));
  lasting.start(running.renewMs);
  const over = new AbortController();
  const kept = keep(running, first, lasting, over.signal);
  // It is waited for later; a fault of ours in it is to end the work all the same.
  kept.catch(() => lasting.expire());
  try {
    if (!stop.aborted) await work(lasting.signal);
  } catch (error) {
    if (!lasting.signal.aborted || error !== lasting.signal.reason) throw error;
  } finally {
    over.abort();
    const record = await kept;
    lasting.end();
    if (record !== undefined) await release(running, record);
  }
  return stop.aborted || !lasting.signal.aborted ? 'ended' : 'lost';
}

/** Renews until it is over; then the Lease as it is, or undefined if another has it. */
async function keep(
  running: Running,
  first: LeaseRecord,
  lasting: Deadline,
  over: AbortSignal,
): Promise<LeaseRecord | undefined> {
  const { election, retryMs, renewMs } = running;
  let record: LeaseRecord | undefined = first;
  while (record !== undefined) {
    const slept = await election.clock.sleep(retryMs, over).then(
      () => true,
      () => false,
    );
    if (!slept) return record;
    try {
      record = await renew(running, record);
      if (record !== undefined) lasting.start(renewMs);
    } catch (error) {
      report(running, error);
    }
  }
  lasting.expire();
  return undefined;
}

/** The Lease after one more renewal; undefined if it is another's. */
async function renew(running: Running, record: LeaseRecord): Promise<LeaseRecord | undefined> {
  const { candidate, election } = running;
  try {
    return await write(running, record, renewed(candidate, record, election.clock.now()));
  } catch (error) {
    if (!isReason(error, 'conflict') && !isReason(error, 'not_found')) throw error;
  }
  // Changed by somebody, perhaps by a renewal of ours whose answer got lost.
  const current = await look(running, NEVER);
  if (current?.holder !== candidate.identity) return undefined;
  return await write(running, current, renewed(candidate, current, election.clock.now()));
}

async function release(running: Running, record: LeaseRecord): Promise<void> {
  try {
    await write(running, record, released(record, running.election.clock.now()));
  } catch (error) {
    // It runs out by itself.
    report(running, error);
  }
}

/** A write that was begun is seen through, or nobody would know whose the Lease is. It takes no longer than its time. */
const NEVER = new AbortController().signal;

async function look(running: Running, signal: AbortSignal): Promise<LeaseRecord | undefined> {
  const { kubernetes, candidate, timeoutMs } = running;
  try {
    const call: KubernetesCall = { method: 'GET', path: pathOf(candidate), timeoutMs };
    return readLease(await kubernetes.request(call, signal));
  } catch (error) {
    if (isReason(error, 'not_found')) return undefined;
    throw error;
  }
}

/** Creates the Lease, or changes it if it still is the one that was read. */
async function write(
  { kubernetes, candidate, timeoutMs }: Running,
  record: LeaseRecord | undefined,
  body: JsonObject,
): Promise<LeaseRecord> {
  const path = pathOf(candidate);
  const call: KubernetesCall =
    record === undefined
      ? { method: 'POST', path: path.slice(0, path.lastIndexOf('/')), body, timeoutMs }
      : { method: 'PUT', path, body, timeoutMs };
  return readLease(await kubernetes.request(call, NEVER));
}

const pathOf = ({ namespace, name }: Candidate): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;

const isReason = (error: unknown, reason: KubernetesReason): boolean =>
  error instanceof KubernetesError && error.reason === reason;

/** A fault of the API server is told; one of ours ends the election. */
function report({ election }: Running, error: unknown): void {
  if (!(error instanceof KubernetesError)) throw error;
  election.onFault?.(error);
}

const lostLease = ({ candidate: { namespace, name }, renewMs }: Running): KubernetesError =>
  new KubernetesError(
    'timeout',
    `Cannot go on as the leader: the Lease ${name} in ${namespace} was not renewed for ${renewMs} ms, or another has it`,
  );
