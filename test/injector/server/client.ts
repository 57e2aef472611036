import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { text } from 'node:stream/consumers';

export interface Call {
  readonly port: number;
  readonly caPem: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When the certificate that the server showed ends. */
  readonly serial: string;
}

/** One request over TLS to 127.0.0.1, on a connection of its own unless an agent is given. */
export function call({ port, caPem, agent, body, ...options }: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        ca: caPem,
        agent: agent ?? false,
        method: options.method ?? 'POST',
        path: options.path ?? '/mutate',
        headers: { 'content-type': 'application/json', ...options.headers },
      },
      (response) => {
        const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
        text(response).then(
          (received) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: received,
              serial,
            }),
          reject,
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
