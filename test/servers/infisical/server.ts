import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Identities, type Identity } from './identities.ts';
import { Projects } from './projects.ts';
import { Refusal } from './refusal.ts';
import { route } from './routes.ts';
import { etagOf, Secrets } from './secrets.ts';

/** What goes wrong on the way, until it is set to undefined. */
export type Fault =
  /** The connection ends within the answer. */
  | 'cut'
  /** The answer is no JSON. */
  | 'broken_body'
  /** Nothing answers. */
  | 'silent'
  /** A proxy in front answers 502. */
  | 'bad_gateway'
  /** The rate of requests is limited. */
  | 'rate_limited';

/** Infisical as its API behaves: a state machine over real HTTP, with a clock that can be put forward. */
export class FakeInfisical implements AsyncDisposable {
  fault: Fault | undefined;
  knowsV4 = true;
  /** Every request so far: method, path, status. */
  readonly log: string[] = [];
  readonly identities: Identities;
  readonly projects: Projects;
  readonly #secrets: Secrets;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #aheadMs = 0;

  private constructor() {
    const now = (): number => Date.now() + this.#aheadMs;
    this.identities = new Identities(now);
    this.projects = new Projects(now);
    this.#secrets = new Secrets(this.projects);
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    });
  }

  static async start(): Promise<FakeInfisical> {
    const fake = new FakeInfisical();
    await fake.open();
    return fake;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Lets time pass for the server alone. */
  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  addIdentity(given: Partial<Identity> = {}): Identity {
    const identity: Identity = {
      id: randomUUID(),
      ttl: 3600,
      maxTtl: 7200,
      period: 0,
      usesLimit: 0,
      masked: false,
      clientId: randomUUID(),
      clientSecret: randomUUID(),
      projects: new Set(),
      ...given,
    };
    this.identities.all.push(identity);
    return identity;
  }

  /** Requests whose log line contains this. */
  count(text: string): number {
    return this.log.filter((line) => line.includes(text)).length;
  }

  /** Listens, at the same port as before. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    const place = this.#server.address();
    if (typeof place !== 'object' || place === null) throw new Error('Cannot listen on loopback');
    this.#port = place.port;
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.address);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (this.#fail(response)) {
      this.log.push(`${request.method} ${url.pathname} ${this.fault}`);
      return;
    }
    const { status, body, etag, headers } = this.#answer(request, url, text);
    this.log.push(`${request.method} ${url.pathname} ${status}`);
    const tagged = { ...headers, ...(etag === undefined ? {} : { etag }) };
    if (status === 304) response.writeHead(304, tagged).end();
    else
      response
        .writeHead(status, { ...tagged, 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(body));
  }

  #answer(request: IncomingMessage, url: URL, text: string): Answered {
    const asked = {
      method: request.method ?? 'GET',
      url,
      authorization: request.headers.authorization,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    const parts = {
      identities: this.identities,
      projects: this.projects,
      secrets: this.#secrets,
      knowsV4: this.knowsV4,
    };
    try {
      const body = route(parts, asked) ?? routeMissing(asked.method, url);
      const etag = 'secrets' in body ? etagOf(body) : genericTag(body);
      const known = request.headers['if-none-match']?.replace(/^W\//u, '');
      return known === etag ? { status: 304, etag } : { status: 200, body, etag };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, error: name, details, headers } = error;
      const body =
        name === 'Not Found'
          ? { message: details, error: name, statusCode: status }
          : { reqId: 'req-00000000000000', statusCode: status, message: details, error: name };
      return { status, body, etag: genericTag(body), headers };
    }
  }

  #fail(response: ServerResponse): boolean {
    switch (this.fault) {
      case undefined:
        return false;
      case 'cut':
        response.writeHead(200, { 'content-length': '100' }).write('{"secrets":');
        setTimeout(() => response.destroy(), 10);
        return true;
      case 'broken_body':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"secrets":[{');
        return true;
      case 'bad_gateway':
        response.writeHead(502, { 'content-type': 'text/html' }).end('<html>');
        return true;
      case 'rate_limited':
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' }).end(
          JSON.stringify({
            reqId: 'req-00000000000000',
            statusCode: 429,
            message: 'Rate limit exceeded. Please try again in 7 seconds',
            error: 'RateLimitExceeded',
          }),
        );
        return true;
      case 'silent':
        return true;
    }
  }
}

interface Answered {
  readonly status: number;
  readonly body?: object;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function routeMissing(method: string, url: URL): never {
  throw new Refusal(404, 'Not Found', `Route ${method}:${url.pathname}${url.search} not found`);
}

const genericTag = (body: object): string =>
  `"${createHash('sha1').update(JSON.stringify(body)).digest('base64')}"`;
