import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import errors from 'undici/lib/core/errors.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { explainFault, faultCode } from '../connection-fault.ts';
import { VERSION } from '../version.ts';
import { describeCall, type KubernetesCall } from './call.ts';
import { KubernetesError, type KubernetesReason } from './errors.ts';

/** Where the API server is. */
export interface Endpoint {
  /** Such as `https://10.96.0.1:443`; behind a gateway of many clusters, with a path. */
  readonly address: string;
  /** PEM certificates to trust instead of the system's. */
  readonly caPem?: string;
  /** The name that its certificate is for, if it is not the address's. */
  readonly serverName?: string;
  /** What says who asks, instead of a token or beside it; both PEM. */
  readonly clientCertificate?: { readonly certPem: string; readonly keyPem: string };
}

/** Enough for a few writers at once; an API server has to share itself with everybody else. */
const CONNECTIONS = 8;

/** Shorter than the 90 s after which an API server closes an idle connection, so that no request meets the closing. */
const IDLE_MS = 30_000;

/** Connections to one API server: a bounded number for requests, and one for each watch, which keeps it for minutes. */
export interface Transport {
  /** @throws {unknown} Whatever undici throws; see `transportError`. */
  send(call: KubernetesCall, token: string, signal: AbortSignal): Promise<Dispatcher.ResponseData>;
  /** The same on a connection that other requests do not wait for. */
  open(call: KubernetesCall, token: string, signal: AbortSignal): Promise<Dispatcher.ResponseData>;
  /** Cuts what is going on. */
  close(): Promise<void>;
}

export function createTransport(endpoint: Endpoint): Transport {
  const { origin, pathname } = new URL(endpoint.address);
  const prefix = pathname.replace(/\/$/u, '');
  const options: Pool.Options = {
    // A stream over HTTP/2 would share its connection, and so its fate, with every request.
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    // There is one deadline, over everything; see `deadline.ts`.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connecting(endpoint),
  };
  const requests = new Pool(origin, { ...options, connections: CONNECTIONS });
  const streams = new Pool(origin, options);
  return {
    send: (call, token, signal) => request.call(requests, outgoing(below(prefix, call), token, signal)),
    open: (call, token, signal) => request.call(streams, outgoing(below(prefix, call), token, signal)),
    async close() {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
}

const below = (prefix: string, call: KubernetesCall): KubernetesCall => ({
  ...call,
  path: `${prefix}${call.path}`,
});

const connecting = ({
  caPem,
  serverName,
  clientCertificate,
}: Endpoint): NonNullable<Pool.Options['connect']> => ({
  // Said outright, for NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default.
  rejectUnauthorized: true,
  ...(caPem === undefined ? {} : { ca: caPem }),
  ...(serverName === undefined ? {} : { servername: serverName }),
  ...(clientCertificate === undefined
    ? {}
    : { cert: clientCertificate.certPem, key: clientCertificate.keyPem }),
});

const CONTENT_TYPES = {
  json: 'application/json',
  // JSON is YAML.
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
} as const;

function outgoing(call: KubernetesCall, token: string, signal: AbortSignal): Dispatcher.RequestOptions {
  const { method, path, query, body, type = 'json', accept = 'application/json' } = call;
  return {
    method,
    path,
    signal,
    headers: {
      accept,
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'user-agent': `sidekey/${VERSION}`,
      ...(body === undefined ? {} : { 'content-type': CONTENT_TYPES[type] }),
    },
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

export const timedOut = (call: KubernetesCall, { address }: Endpoint): KubernetesError =>
  new KubernetesError('timeout', `Cannot ${describeCall(call)}: no whole answer of ${address} in time`);

/**
 * Why no whole answer came.
 *
 * @throws {unknown} The error itself, if it is none of a connection.
 */
export function transportError(call: KubernetesCall, endpoint: Endpoint, error: unknown): KubernetesError {
  if (error instanceof KubernetesError) return error;
  const because = (reason: KubernetesReason, fact: string): KubernetesError =>
    new KubernetesError(reason, `Cannot ${describeCall(call)}: ${fact}`);
  const { address } = endpoint;
  if (error instanceof errors.HTTPParserError)
    return because('invalid_response', `what answers at ${address} is not HTTP`);
  // undici gives its errors a code, as Node does; what has none is a fault of ours.
  if (!(error instanceof Error && 'code' in error)) throw error;
  const code = faultCode(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return timedOut(call, endpoint);
  if (code === 'UND_ERR_INVALID_ARG')
    return because('invalid', 'it cannot be put into a request; check that the token is one line of text');
  return because('unreachable', `no connection to ${address}: ${explainFault(code)}`);
}
