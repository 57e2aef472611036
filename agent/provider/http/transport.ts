import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { faultCode, isCertificateFault } from '#platform/connection-fault.ts';
import { parseRetryAfter } from '#platform/retry-after.ts';
import { parseJson } from '../../value/json.ts';
import { isValueMap, type Value, type ValueMap } from '../../value/value.ts';
import { ProviderError } from '../errors.ts';
import { type Authority, createAuthority } from './authority.ts';
import { connectionError, type Endpoint } from './connection-error.ts';
import { queued } from './queue.ts';
import { isMadeOf, remember } from './repeated.ts';

/** A request, in the form in which node-vault hands it to its HTTP client. */
export interface TransportRequest {
  readonly uri: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
  /** The body of an earlier answer, which is given back if this one says the same. */
  readonly known?: ValueMap;
  readonly signal: AbortSignal;
}

/** A whole answer, whatever its status. */
export interface Answer {
  readonly status: number;
  /** Undefined if the answer is empty, or is no JSON beside a status of 300 or more. */
  readonly body: Value | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly retryAfterMs: number | undefined;
}

/** What is shown to a server that asks who is there, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export type Transport = (request: TransportRequest) => Promise<Answer>;

/** More than a server accepts as a request by far, and still harmless to hold. */
const LIMIT_BYTES = 8 * 1024 * 1024;

/** A handshake costs more than a read: three secrets are there sooner over two connections than over four. */
const MAX_SOCKETS = 2;

/** Shorter than the idle timeouts of servers and load balancers, so that no request meets a connection being closed. */
const IDLE_MS = 30_000;

const POOL = { keepAlive: true, timeout: IDLE_MS };

/**
 * HTTP(S) for one store: keep-alive, its own certificate authority, one deadline over connecting, sending and reading.
 * Redirects are not followed, for the token would go along. `identity` is asked before each request.
 *
 * The transport throws `ProviderError` if there is no whole answer, or the signal's reason when aborted.
 */
export function createTransport(
  store: Endpoint,
  now: () => number,
  identity?: () => Promise<Identity>,
  authority: Authority = createAuthority(store),
): Transport {
  const secure = new URL(store.address).protocol === 'https:';
  const pool = { ...POOL, maxSockets: store.maxConnections ?? MAX_SOCKETS };
  const agent = secure ? createSecureAgent(store, pool) : new HttpAgent(pool);
  const open = secure ? httpsRequest : httpRequest;

  const ask: Transport = async ({ uri, method, headers, json, known, signal }) => {
    // Asked each time: a connection is used again only for the certificates that it was made with.
    const tls = secure ? await certificates(authority, identity) : undefined;
    signal.throwIfAborted();
    const payload = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    const outgoing = open(uri, { method, agent, headers: { ...headers, ...described(payload) }, ...tls });
    const { cancel, cancelled } = cancellation(outgoing);
    signal.addEventListener('abort', cancel, { once: true });
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    // Waiting for a free connection does not count, for each one ahead has a deadline of its own.
    outgoing.once('socket', () => {
      timer = setTimeout(() => {
        late = true;
        cancel();
      }, store.timeoutMs);
    });
    try {
      const answered = send(outgoing, payload).then((response) => readAnswer(response, now, known));
      return await Promise.race([answered, cancelled]);
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      signal.throwIfAborted();
      // Its authority may have been replaced, and with it the file that says so.
      if (isCertificateFault(faultCode(error))) authority.reload();
      throw connectionError(store, error, late);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  };
  // A tunnel takes time, and Node counts only the connections that there are.
  return store.proxy === undefined ? ask : queued(ask, pool.maxSockets);
}

function createSecureAgent({ serverName, skipVerify, proxy, timeoutMs }: Endpoint, pool: object): HttpsAgent {
  const agent = new HttpsAgent({
    ...pool,
    // Said outright, for NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default.
    rejectUnauthorized: skipVerify !== true,
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  // Few agents have one: the others do not read how it is done.
  if (proxy !== undefined)
    agent.createConnection = (options, done) => {
      const by = { proxy, timeoutMs };
      void import('./tunnel.ts').then(({ openTunnel }) => openTunnel(by, options as object, done));
      return undefined;
    };
  return agent;
}

/** The length is said outright, for Node leaves it out of a DELETE, and a server then sees no body. */
const described = (payload: Buffer | undefined): Readonly<Record<string, string>> | undefined =>
  payload && { 'content-type': 'application/json', 'content-length': String(payload.length) };

async function certificates(
  authority: Authority,
  identity: (() => Promise<Identity>) | undefined,
): Promise<Partial<Identity> & { readonly ca?: string }> {
  const ca = authority.trusted();
  return { ...(ca === undefined ? {} : { ca }), ...(await identity?.()) };
}

/** How a request is given up, and what then fails: one that has no connection yet is silent when it is destroyed. */
function cancellation(outgoing: ClientRequest): {
  readonly cancel: () => void;
  readonly cancelled: Promise<never>;
} {
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  const cancel = (): void => {
    outgoing.destroy();
    reject(new Error('Cancelled'));
  };
  return { cancel, cancelled };
}

const send = (outgoing: ClientRequest, payload: Buffer | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    outgoing
      .once('response', (response) => {
        if (isOutOfService(response.statusCode)) outgoing.shouldKeepAlive = false;
        resolve(response);
      })
      .on('error', reject)
      // The only sign of an end without an answer, as after 101: whoever switches protocols is not followed.
      .once('close', () => reject(new Error('Closed')))
      .end(payload);
  });

/** One address may stand for several nodes, and whoever balances them chooses anew for a new connection only. */
const isOutOfService = (status = 0): boolean => status >= 500 || [307, 412, 472, 473].includes(status);

async function readAnswer(
  response: IncomingMessage,
  now: () => number,
  known: ValueMap | undefined,
): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const text = await readText(response);
  const pause = headers['retry-after'];
  return {
    status,
    body: text === '' ? undefined : bodyOf(text, status, known),
    headers,
    retryAfterMs: pause === undefined ? undefined : parseRetryAfter(pause, sentAt(headers) ?? now()),
  };
}

/** When an answer was sent (milliseconds since the epoch), by the server's clock, by which it names times, too: the machine's may be wrong. */
export function sentAt({ date }: IncomingHttpHeaders): number | undefined {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** By events: an iterator over the stream costs a tenth of all the agent does when it polls. */
function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMIT_BYTES) response.destroy(tooLarge());
    });
    response.once('end', () => resolve(Buffer.concat(chunks, size).toString('utf8')));
    response.once('error', reject);
  });
}

function tooLarge(): ProviderError {
  return new ProviderError('too_large', `Cannot read the answer: it is larger than ${LIMIT_BYTES} bytes`);
}

/** A poll mostly brings what is known, and to parse it costs as much as to send and to receive it. */
function bodyOf(text: string, status: number, known: ValueMap | undefined): Value | undefined {
  if (known !== undefined && isMadeOf(known, text)) return known;
  const body = parseBody(text, status);
  if (status === 200 && isValueMap(body)) remember(body, text, known);
  return body;
}

function parseBody(text: string, status: number): Value | undefined {
  try {
    return parseJson(text);
  } catch {
    // Proxies explain their refusals in HTML.
    if (status >= 300) return undefined;
    throw new ProviderError(
      'invalid_response',
      'Cannot read the answer: it is not JSON; check that the address is that of the store',
    );
  }
}
