import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '#contract/json.ts';
import { systemClock } from '#platform/clock.ts';
import { type Connection, createKubernetes, type Kubernetes } from '#platform/kubernetes/client.ts';
import { serve, serveTls } from '../../agent/provider/http/faulty-server.ts';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request, however badly. */
export type Step = (response: ServerResponse, asked: Asked) => void;

/** An API server that answers the first request by the first step, and so on; the last step is for all that follow. */
export interface ScriptedApi extends AsyncDisposable {
  readonly address: string;
  readonly asked: readonly Asked[];
  readonly kubernetes: Kubernetes;
  /** Number of connections accepted so far. */
  connections(): number;
}

/** What a promise is rejected with, now or later. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export const NEVER = new AbortController().signal;

export async function scriptedApi(
  steps: readonly Step[],
  { tls, ...more }: Partial<Connection> & { readonly tls?: { cert: string; key: string } } = {},
): Promise<ScriptedApi> {
  const asked: Asked[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://api');
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    asked.push(one);
    const step = steps[asked.length - 1] ?? steps.at(-1);
    step?.(response, one);
  };
  // A request that is cut while it comes is what some tests are about.
  const handler = (request: IncomingMessage, response: ServerResponse): void =>
    void take(request, response).catch(() => undefined);
  const server = await (tls === undefined ? serve(handler) : serveTls(tls, handler));
  const kubernetes = createKubernetes({
    address: server.address,
    token: () => 'the-token',
    clock: systemClock,
    ...more,
  });
  return {
    address: server.address,
    asked,
    kubernetes,
    connections: () => server.connections(),
    async [Symbol.asyncDispose]() {
      await kubernetes.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Answers with a JSON object. */
export const answer =
  (status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): Step =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(`${JSON.stringify(body)}\n`);
  };

/** Refuses with a `Status`, as the API server does. */
export const refuse = (
  code: number,
  reason: string,
  { message = '', ...details }: { readonly message?: string } & JsonObject = {},
): Step => answer(code, status(code, reason, { message, ...details }));

export const status = (
  code: number,
  reason: string,
  { message = '', ...details }: { readonly message?: string } & JsonObject = {},
): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

/** The events of a watch, one a line; then the server ends it. */
export const events =
  (...lines: readonly JsonObject[]): Step =>
  (response) => {
    response.writeHead(200).end(linesOf(lines));
  };

/** The same, and then nothing more. */
export const eventsAndSilence =
  (...lines: readonly JsonObject[]): Step =>
  (response) => {
    response.writeHead(200);
    response.flushHeaders();
    response.write(linesOf(lines));
  };

/** Begins a watch in which nothing happens. */
export const silence: Step = (response) => {
  response.writeHead(200);
  response.flushHeaders();
};

const linesOf = (lines: readonly JsonObject[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** A page of a list. */
export const page = (version: number, items: readonly JsonObject[], next = ''): Step =>
  answer(200, {
    kind: 'SecretList',
    apiVersion: 'v1',
    metadata: { resourceVersion: String(version), continue: next },
    items,
  });

/** A Secret of the namespace ml; its uid is its name, unless given. */
export const secret = (name: string, version: number, uid = name): JsonObject => ({
  metadata: { namespace: 'ml', name, uid, resourceVersion: String(version) },
});

export const added = (object: JsonObject): JsonObject => ({ type: 'ADDED', object });
export const modified = (object: JsonObject): JsonObject => ({ type: 'MODIFIED', object });
export const deleted = (object: JsonObject): JsonObject => ({ type: 'DELETED', object });
export const bookmark = (version: number): JsonObject => ({
  type: 'BOOKMARK',
  object: { kind: 'Secret', metadata: { resourceVersion: String(version) } },
});
