import type { Dispatcher } from 'undici';
import type { JsonObject } from '#contract/json.ts';
import type { Clock } from '../clock.ts';
import { type Bearer, createBearer } from './bearer.ts';
import { LIMIT_BYTES, readText, tooLarge } from './body.ts';
import { describeCall, type KubernetesCall } from './call.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { KubernetesError } from './errors.ts';
import { createLines } from './lines.ts';
import { parseObject, refusalError } from './refusal.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { createTransport, type Endpoint, timedOut, transportError } from './transport.ts';

/** An API server, and who asks. */
export interface Connection extends Endpoint {
  /**
   * The account's token; empty if something else says who asks. Asked for at most once a minute, and once more when the API
   * server refuses it.
   */
  readonly token: () => Promise<string> | string;
  readonly clock: Clock;
}

/** An API server, as far as it is needed here. Nothing is tried again but a refused token. */
export interface Kubernetes {
  /**
   * The object that the API server answers with. At most eight requests are on their way at a time.
   *
   * @throws {KubernetesError} If it refuses, or does not answer in time.
   * @throws {unknown} The signal's reason, if it is aborted before.
   */
  request(call: KubernetesCall, signal: AbortSignal): Promise<JsonObject>;
  /**
   * The objects of an answer that comes line by line: the events of a watch. Ends when the server ends it. To leave the
   * loop closes the connection.
   *
   * @throws {KubernetesError} As for a request; `unreachable` if the answer is cut, in the middle of a line or elsewhere.
   * @throws {unknown} The signal's reason, if it is aborted.
   */
  stream(call: KubernetesCall, signal: AbortSignal): AsyncIterable<JsonObject>;
  /** Ends every request and stream with `unreachable`. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** A client of one API server. Opens no connection before the first call. */
export function createKubernetes(connection: Connection): Kubernetes {
  const { clock } = connection;
  const transport = createTransport(connection);
  const bearer = createBearer(connection.token, clock);

  function begin(call: KubernetesCall, signal: AbortSignal): Deadline {
    signal.throwIfAborted();
    const deadline = createDeadline(clock, signal, () => timedOut(call, connection));
    deadline.start(call.timeoutMs ?? TIMEOUT_MS);
    return deadline;
  }

  return {
    async request(call, signal) {
      const deadline = begin(call, signal);
      try {
        const answer = await authorised(bearer, (token) => transport.send(call, token, deadline.signal));
        return await readObject(call, answer, clock);
      } catch (error) {
        deadline.signal.throwIfAborted();
        throw transportError(call, connection, error);
      } finally {
        deadline.end();
      }
    },
    async *stream(call, signal) {
      const deadline = begin(call, signal);
      try {
        const answer = await authorised(bearer, (token) => transport.open(call, token, deadline.signal));
        if (answer.statusCode !== 200) throw await readRefusal(call, answer, clock);
        deadline.lift();
        yield* readObjects(call, answer);
      } catch (error) {
        deadline.signal.throwIfAborted();
        throw transportError(call, connection, error);
      } finally {
        deadline.end();
      }
    },
    close: () => transport.close(),
  };
}

/** Sends once more, with another token, if the first is refused: the kubelet may just have replaced it. */
async function authorised(
  bearer: Bearer,
  send: (token: string) => Promise<Dispatcher.ResponseData>,
): Promise<Dispatcher.ResponseData> {
  const token = await bearer.token();
  const answer = await send(token);
  if (answer.statusCode !== 401) return answer;
  const other = await bearer.after(token);
  if (other === undefined) return answer;
  await answer.body.dump();
  return await send(other);
}

async function readObject(
  call: KubernetesCall,
  answer: Dispatcher.ResponseData,
  clock: Clock,
): Promise<JsonObject> {
  if (answer.statusCode < 200 || answer.statusCode >= 300) throw await readRefusal(call, answer, clock);
  const doing = describeCall(call);
  return parseObject(await readText(answer.body, doing)) ?? raise(notJson(doing));
}

async function readRefusal(
  call: KubernetesCall,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  clock: Clock,
): Promise<KubernetesError> {
  const retryAfter = headers['retry-after'];
  return refusalError(call, {
    status: statusCode,
    body: parseObject(await readText(body, describeCall(call))),
    retryAfterMs: parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, clock.now()),
  });
}

async function* readObjects(
  call: KubernetesCall,
  { body }: Dispatcher.ResponseData,
): AsyncIterable<JsonObject> {
  const doing = describeCall(call);
  const lines = createLines();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    for (const line of lines.push(chunk)) yield parseObject(line) ?? raise(notJson(doing));
    if (lines.pending > LIMIT_BYTES) throw tooLarge(doing);
  }
  if (lines.pending > 0)
    throw new KubernetesError('unreachable', `Cannot ${doing}: the answer is cut in the middle of a line`);
}

const notJson = (doing: string): KubernetesError =>
  new KubernetesError(
    'invalid_response',
    `Cannot ${doing}: the answer is no JSON object; check that the address is that of an API server`,
  );

function raise(error: Error): never {
  throw error;
}
