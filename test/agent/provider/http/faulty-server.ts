import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { VaultStore } from '#contract/agent-config.ts';

/** A listener on loopback that misbehaves as told. */
export interface FaultyServer extends AsyncDisposable {
  readonly address: string;
  /** Number of connections accepted so far. */
  connections(): number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export const serve = (handler: Handler): Promise<FaultyServer> => listen(createHttpServer(handler), 'http');

export const serveTls = (tls: { cert: string; key: string }, handler: Handler): Promise<FaultyServer> =>
  listen(createHttpsServer(tls, handler), 'https');

/** Speaks no protocol at all. */
export const serveRaw = (onConnection: (socket: Socket) => void): Promise<FaultyServer> =>
  listen(createTcpServer(onConnection), 'http');

/** The head with which a server goes over to another protocol. */
export const switching = (protocol: string): string =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;

/** Answers every request with this. */
export const answering = (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<FaultyServer> =>
  serve((_request, response) => {
    response.writeHead(status, headers).end(body);
  });

async function listen(server: Server, scheme: 'http' | 'https'): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const place = server.address();
  if (typeof place !== 'object' || place === null) throw new Error('Cannot listen on loopback');
  return {
    address: `${scheme}://127.0.0.1:${place.port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A store at an address, with a deadline short enough for tests. */
export function storeAt(address: string, more: Partial<VaultStore> = {}): VaultStore {
  return {
    address,
    timeoutMs: 5000,
    auth: { method: 'kubernetes', path: 'auth/kubernetes', role: 'ml', tokenFile: '/does/not/exist' },
    ...more,
  };
}
