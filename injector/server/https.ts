import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen } from '#platform/admin.ts';
import { readBody, requireJson } from './body.ts';
import type { KeyPair } from './certificate.ts';
import { Load } from './load.ts';
import { answerConnect, answerMalformed } from './malformed.ts';
import { Refusal } from './refusal.ts';

export interface WebhookOptions {
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly keyPair: KeyPair;
  /** The JSON to answer a body with. May throw a `Refusal`, and nothing else. */
  readonly answer: (body: Buffer) => string | Promise<string>;
  /** Told of every request that got an HTTP error. */
  readonly refused: (refusal: Refusal) => void;
  readonly load?: Load;
  /** Connections at one time. */
  readonly connections?: number;
}

export interface Webhook {
  /** The port in use, which matters when 0 was asked for. */
  readonly port: number;
  /** For new connections; those that are open keep theirs. */
  replaceKeyPair(keyPair: KeyPair): void;
  /** From now on every answer ends its connection, so that clients go elsewhere while requests are still taken. */
  sendAway(): void;
  /** Takes no more connections; resolves when all requests are answered, or at the deadline. */
  close(deadlineMs: number): Promise<void>;
}

const WEBHOOK_PATH = '/mutate';

/** The API server (Go) keeps an idle connection for 90 s: to end one before it does loses the request it just sent. */
const KEEP_ALIVE_MS = 90_000;
/** The API server gives up after the webhook's `timeoutSeconds`, 5: what takes longer is not its request. */
const HEADERS_MS = 5000;
const REQUEST_MS = 10_000;
const CHECK_MS = 1000;
/** An API server keeps some tens of connections, and there are a few of them. */
const MAX_CONNECTIONS = 1024;
/** Of all that may be. */
const CROWDED = 0.9;

const SERVER_OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  handshakeTimeout: HEADERS_MS,
  connectionsCheckingInterval: CHECK_MS,
  // What has none, Node would refuse with an empty body.
  requireHostHeader: false,
} as const;

const secureContext = ({ certPem, keyPem }: KeyPair) =>
  ({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' }) as const;

const endConnection = (response: ServerResponse): void => void response.setHeader('connection', 'close');

function route(request: IncomingMessage): void {
  // The API server adds its time-out as a query.
  const [path] = (request.url ?? '').split('?');
  if (path !== WEBHOOK_PATH) throw new Refusal('not_found', `Cannot find that: only POST ${WEBHOOK_PATH} is`);
  if (request.method !== 'POST')
    throw new Refusal('method_not_allowed', `Cannot do that: only POST ${WEBHOOK_PATH} is`);
  requireJson(request);
}

function send(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

/** Answers one request, whatever it is. */
async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  try {
    route(request);
    const share = served.load.enter();
    try {
      const body = await readBody(request, share);
      const answer = await served.answer(body);
      if (served.sendingAway) endConnection(response);
      send(response, 200, answer);
    } finally {
      share.release();
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    served.refused(error);
    // What is left of its body would be taken for the next request; and whoever comes at a bad time may find another replica.
    endConnection(response);
    for (const [name, value] of error.headers) response.setHeader(name, value);
    send(response, error.status, JSON.stringify(error));
  }
}

interface Served extends WebhookOptions {
  readonly load: Load;
  sendingAway: boolean;
}

/**
 * Serves `POST /mutate` over TLS 1.2 or later.
 *
 * @throws {Error} With the system's code (`EADDRINUSE`, …) if the port cannot be had.
 */
export async function serveWebhook(options: WebhookOptions): Promise<Webhook> {
  const served: Served = { load: new Load(), ...options, sendingAway: false };
  const latest = new WeakMap<Duplex, ServerResponse>();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    latest.set(request.socket, response);
    serve(request, response, served).catch(() => response.destroy());
  };
  const server = createServer({ ...SERVER_OPTIONS, ...secureContext(options.keyPair) }, listener);
  // What a client expects of us, Node would refuse with an empty body; it is answered as if it expected nothing.
  server.on('checkExpectation', listener);
  server.on('connect', (_, socket) => answerConnect(socket));
  server.on('clientError', (error, socket) => {
    const refusal = answerMalformed(error, socket, latest.get(socket));
    if (refusal !== undefined) served.refused(refusal);
  });
  const sockets = trackConnections(server, options.connections ?? MAX_CONNECTIONS);
  await listen(server, options.port, options.address);
  const sendAway = (): void => {
    served.sendingAway = true;
  };
  return {
    port: (server.address() as AddressInfo).port,
    replaceKeyPair: (keyPair) => server.setSecureContext(secureContext(keyPair)),
    sendAway,
    close: (deadlineMs) => {
      sendAway();
      return close(server, sockets, deadlineMs);
    },
  };
}

/**
 * The open connections, among them those that are still shaking hands, which the server itself does not close. Before there are too
 * many, those that were kept for more requests go: whoever has hundreds of them is no API server.
 */
function trackConnections(server: Server, most: number): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.maxConnections = most;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    if (sockets.size >= most * CROWDED) server.closeIdleConnections();
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function close(server: Server, sockets: ReadonlySet<Socket>, deadlineMs: number): Promise<void> {
  const deadline = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, deadlineMs);
  return new Promise((resolve) => {
    const closed = (): void => {
      clearTimeout(deadline);
      resolve();
    };
    // Connections without a request are ended at once: what has arrived is read first, for which the event loop goes round.
    setImmediate(() => setImmediate(() => server.close(closed)));
  });
}
