import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

/** Called once, with a connection to the store or the reason why there is none. */
type Done = (error: Error | null, connection: Duplex) => void;

type Destination = Omit<ConnectionOptions, 'port'> & { readonly port?: number | string };

/** What the proxy answers is no business of the request that waits for it. */
const REFUSED = 'ERR_PROXY_REFUSED';
const SILENT = 'ERR_PROXY_SILENT';

/** A proxy, and how long it may take to open a tunnel. */
interface Way {
  readonly proxy: string;
  readonly timeoutMs: number;
}

/**
 * Opens a connection with TLS to the store by way of a proxy, which sees where it goes and nothing of what is said. The
 * deadline of the request that waits for it begins with the tunnel, so the way to it has one of its own.
 */
export function openTunnel({ proxy, timeoutMs }: Way, destination: Destination, done?: Done): void {
  const { protocol } = new URL(proxy);
  const place = authorityOf(destination);
  const open = protocol === 'https:' ? httpsRequest : httpRequest;
  // Who waits looks at the connection only if there is no error.
  const fail = (error: Error): void => done?.(error, undefined as unknown as Duplex);
  const asking = open(proxy, { method: 'CONNECT', path: place, agent: false, headers: { host: place } });
  const timer = setTimeout(() => void asking.destroy(fault(SILENT)), timeoutMs);
  asking
    .once('close', () => clearTimeout(timer))
    .once('connect', ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode >= 300 || head.length > 0) {
        socket.destroy();
        fail(fault(REFUSED));
      } else {
        const { host: _, port: __, path: ___, ...options } = destination;
        done?.(null, connect({ ...options, socket }));
      }
    })
    .once('response', () => {
      asking.destroy();
      fail(fault(REFUSED));
    })
    .once('error', fail)
    .end();
}

function authorityOf({ host = '', port = 443 }: Destination): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const fault = (code: string): Error => Object.assign(new Error('No tunnel'), { code });
