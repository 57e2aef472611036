import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADMIN_ADDRESS } from '#contract/layout.ts';
import { EXPOSITION_TYPE } from './metrics.ts';

/** What the kubelet and Prometheus ask a process. */
export interface AdminSource {
  /** The text exposition of all metrics. */
  metrics(): Promise<string>;
  /** Undefined if the process is fit to go on; else what is wrong. Only ever about the process itself. */
  sick?(): string | undefined;
  /** Undefined if ready; else why not, for a person to read. */
  unready(): string | undefined;
}

export interface Admin {
  /** The port in use, which matters when 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/** One scrape and two probes at a time are all that is expected here. */
const REQUEST_TIMEOUT_MS = 5000;

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.setHeader('content-type', type);
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status).end(body);
}

async function respond(source: AdminSource, path: string, response: ServerResponse): Promise<void> {
  if (path === '/metrics') return answer(response, 200, await source.metrics(), EXPOSITION_TYPE);
  if (path === '/healthz') return verdict(response, source.sick?.());
  if (path === '/readyz') return verdict(response, source.unready());
  return answer(response, 404, 'Not found: try /metrics, /healthz or /readyz\n');
}

function verdict(response: ServerResponse, fault: string | undefined): void {
  answer(response, fault === undefined ? 200 : 503, `${fault ?? 'ok'}\n`);
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` over plain HTTP.
 *
 * @throws {Error} With the system's code (`EADDRINUSE`, …) if the port cannot be had.
 */
export async function serveAdmin(source: AdminSource, port: number, address = ADMIN_ADDRESS): Promise<Admin> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(response, 405, 'Only GET and HEAD\n');
    }
    const [path = '/'] = (request.url ?? '/').split('?');
    respond(source, path, response).catch(() => answer(response, 500, 'Cannot collect the metrics\n'));
  });
  await listen(server, port, address);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws {Error} With the system's code (`EADDRINUSE`, …) if the port cannot be had. */
export function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Asked for no address, Node tries "::" and falls back to "0.0.0.0".
    server.listen({ port, ...(address === ADMIN_ADDRESS ? {} : { host: address }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
