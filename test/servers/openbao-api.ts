import { Agent, request } from 'undici';
import type { Place } from './openbao-process.ts';

export interface ApiOptions {
  /** Default: the root token. */
  readonly token?: string;
  readonly namespace?: string;
  /** Have the answer wrapped for so long, such as `60s`. */
  readonly wrapTtl?: string;
}

export type Api = (method: string, path: string, body?: unknown, options?: ApiOptions) => Promise<unknown>;

/** The value at a path of keys (or indices) in an answer, such as `field(body, 'auth', 'client_token')`; undefined if not there. */
export function field(body: unknown, ...path: readonly (string | number)[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Sends requests to one server. */
export interface ApiClient {
  /** Sent where no other token is given; empty until the server has been initialised. */
  rootToken: string;
  readonly call: Api;
  close(): Promise<void>;
}

/** A client of its own connections; by the Unix socket if the server is on another network. */
export function createApiClient({ address, caPem, socket }: Place, elsewhere: boolean): ApiClient {
  const dispatcher = new Agent({
    connect: { ...(caPem === undefined ? {} : { ca: caPem }), ...(elsewhere ? { socketPath: socket } : {}) },
  });
  const client: ApiClient = {
    rootToken: '',
    async call(method, path, body, { namespace, token = client.rootToken, wrapTtl } = {}) {
      const response = await request(`${address}/v1/${path}`, {
        // The verbs of HTTP and LIST, which undici's type does not know.
        method: method as 'GET',
        dispatcher,
        headers: {
          ...(token === '' ? {} : { 'x-vault-token': token }),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
          ...(wrapTtl === undefined ? {} : { 'x-vault-wrap-ttl': wrapTtl }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.body.text();
      if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    close: () => dispatcher.destroy(),
  };
  return client;
}
