import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { freePort } from '../port.ts';
import { type Fault, FAULTS } from './faults.ts';
import { Identities, type Identity } from './identities.ts';
import { Leases } from './leases.ts';
import { Projects } from './projects.ts';
import { Refusal } from './refusal.ts';
import { route } from './routes.ts';
import { etagOf, Secrets } from './secrets.ts';

export interface Setup {
  /** The address to listen on; loopback, if absent. */
  readonly host?: string;
  /** Serves over TLS. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
  /** Has the licence that dynamic secrets need. */
  readonly licensed?: boolean;
}

/** Infisical as its API behaves: a state machine over real HTTP, with a clock that can be put forward. */
export class FakeInfisical implements AsyncDisposable {
  /** What goes wrong, until it is set to undefined. */
  fault: Fault | undefined;
  /** The requests that the fault befalls, by their method and path. */
  befalls: (request: string) => boolean = () => true;
  knowsV4 = true;
  licensed: boolean;
  /** Whether entity tags arrive weakened, as a proxy that compresses does it. */
  weakTags = false;
  /** Whether answers say what time it is here, as those of the real one do. */
  tellsTime = true;
  /** Every request so far: method, path, status. */
  readonly log: string[] = [];
  readonly identities: Identities;
  readonly projects: Projects;
  readonly leases: Leases;
  readonly #scheme: 'http' | 'https';
  readonly #host: string;
  readonly #secrets: Secrets;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #aheadMs = 0;

  private constructor({ host = '127.0.0.1', tls, licensed = false }: Setup) {
    const now = (): number => this.now();
    this.licensed = licensed;
    this.identities = new Identities(now);
    this.projects = new Projects(now);
    this.leases = new Leases(now);
    this.#secrets = new Secrets(this.projects);
    this.#host = host;
    this.#scheme = tls ? 'https' : 'http';
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response);
    this.#server = tls ? createTlsServer({ cert: tls.certPem, key: tls.keyPem }, serve) : createServer(serve);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    });
  }

  static async start(setup: Setup = {}): Promise<FakeInfisical> {
    const fake = new FakeInfisical(setup);
    await fake.open();
    return fake;
  }

  get address(): string {
    return `${this.#scheme}://${this.#host}:${this.#port}`;
  }

  now(): number {
    return Date.now() + this.#aheadMs;
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
      masks: () => false,
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
    // Nobody else is given it while this one does not listen.
    if (this.#port === 0) this.#port = await freePort();
    this.#server.listen(this.#port, this.#host);
    await once(this.#server, 'listening');
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
    const asked = `${request.method} ${url.pathname}`;
    response.sendDate = false;
    if (this.tellsTime) response.setHeader('date', new Date(this.now()).toUTCString());
    if (this.fault !== undefined && this.befalls(asked)) {
      this.log.push(`${asked} ${this.fault}`);
      FAULTS[this.fault].fail(response);
      return;
    }
    const { status, body, etag } = await this.#answer(request, url, text);
    this.log.push(`${asked} ${status}`);
    const tagged = etag === undefined ? {} : { etag: this.weakTags ? `W/${etag}` : etag };
    if (status === 304) response.writeHead(304, tagged).end();
    else
      response
        .writeHead(status, { ...tagged, 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage, url: URL, text: string): Promise<Answered> {
    const asked = {
      method: request.method ?? 'GET',
      url,
      authorization: request.headers.authorization,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    const parts = {
      identities: this.identities,
      projects: this.projects,
      leases: this.leases,
      secrets: this.#secrets,
      knowsV4: this.knowsV4,
      licensed: this.licensed,
    };
    try {
      const body = await route(parts, asked);
      if (!body) return missingRoute(asked.method, url);
      const etag = 'secrets' in body ? etagOf(body) : genericTag(body);
      const known = request.headers['if-none-match']?.replace(/^W\//u, '');
      return known === etag ? { status: 304, etag } : { status: 200, body, etag };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { body } = error;
      return { status: error.kind.status, body, etag: genericTag(body) };
    }
  }
}

interface Answered {
  readonly status: number;
  readonly body?: object;
  readonly etag?: string;
}

/** What the framework of the real server answers by itself. */
function missingRoute(method: string, url: URL): Answered {
  const message = `Route ${method}:${url.pathname}${url.search} not found`;
  return { status: 404, body: { message, error: 'Not Found', statusCode: 404 } };
}

const genericTag = (body: object): string =>
  `"${createHash('sha1').update(JSON.stringify(body)).digest('base64')}"`;
