import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';

/** How a request is answered. A number is a status. */
export type Behaviour =
  | number
  | 'hang'
  | 'cut'
  | 'half'
  | 'no HTTP'
  | 'for ever'
  | 'drip'
  | 'endless headers'
  | { readonly redirect: string }
  | { readonly retryAfter: string; readonly status?: number };

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly at: number;
}

/** An application with a page to be told on, which keeps a list of what it heard. */
export interface LittleServer extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  /** How the next requests are answered, the last of them from then on. */
  behave(...behaviours: Behaviour[]): void;
}

/** @param hear Called for each request before it is answered. */
export async function startLittleServer(
  hear: (heard: Heard) => Promise<void> | void = () => undefined,
  port = 0,
  host = '127.0.0.1',
): Promise<LittleServer> {
  const heard: Heard[] = [];
  let behaviours: Behaviour[] = [200];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body, at: performance.now() };
      heard.push(one);
      await hear(one);
      const behaviour = (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? 200;
      answer(response, behaviour);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    heard,
    behave: (...next) => {
      behaviours = next;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (typeof behaviour === 'number') {
    response.writeHead(behaviour).end('canary-answer');
  } else if (typeof behaviour === 'object') {
    const [status, headers] =
      'redirect' in behaviour
        ? [302, { location: behaviour.redirect }]
        : [behaviour.status ?? 503, { 'retry-after': behaviour.retryAfter }];
    response.writeHead(status, headers).end('canary-answer');
  } else {
    misbehave(response, behaviour);
  }
}

function misbehave(response: ServerResponse, behaviour: Extract<Behaviour, string>): void {
  switch (behaviour) {
    case 'hang':
      return;
    case 'cut':
      response.destroy();
      return;
    case 'half':
      response.writeHead(200, { 'content-length': 100 });
      response.write('canary-answer', () => response.destroy());
      return;
    case 'no HTTP':
      response.socket?.end('canary-answer\r\n\r\n');
      return;
    case 'drip': {
      response.writeHead(200);
      const drop = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(drop));
      return;
    }
    case 'endless headers':
      response.socket?.write(`HTTP/1.1 200 OK\r\n${'X-Canary-Answer: canary-answer\r\n'.repeat(1000)}`);
      return;
    case 'for ever': {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write('canary-answer'.repeat(1000)));
      };
      response.on('drain', pour);
      pour();
    }
  }
}
