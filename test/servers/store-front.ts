import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from '../../deploy/kubernetes/certificate.ts';

/** What somebody asked, and when, by the steady clock. */
export interface Asked {
  readonly at: number;
  readonly method: string;
  /** Below `/v1/`. */
  readonly path: string;
  /** What was answered; absent as long as nothing is. */
  readonly status?: number;
}

/** What is answered in the place of the store. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers of the store are passed on, or half of each, or another is given in their place. */
export type Manner = 'pass' | 'cut' | Answer;

export type Presented = Pick<ServerCertificate, 'certPem' | 'keyPem'>;

/** A load balancer before a store: it writes down who asks what, and need not pass on what the store says. */
export interface StoreFront extends AsyncDisposable {
  readonly url: URL;
  readonly asked: readonly Asked[];
  /** How requests are answered from now on. */
  behave(manner: Manner): void;
  /** Passes requests on to another store from now on. */
  lead(store: string): void;
  /** Shows another certificate to connections that begin from now on, and ends the idle ones. */
  present(certificate: Presented): void;
  /** When something is asked that fits, does this before it is answered, once. */
  meet(path: RegExp, act: () => Promise<void>): void;
}

interface Meeting {
  readonly path: RegExp;
  readonly act: () => Promise<void>;
}

/** @param certificate To speak TLS with. */
export async function openStoreFront(store: string, certificate?: Presented): Promise<StoreFront> {
  const asked: Asked[] = [];
  const meetings = new Set<Meeting>();
  const upstream = new Agent({ keepAlive: true });
  let manner: Manner = 'pass';
  let target = store;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const { method = 'GET', url = '' } = incoming;
    const path = url.replace('/v1/', '');
    const index = asked.push({ at: performance.now(), method, path }) - 1;
    // What is to be met from now on is another request.
    for (const meeting of new Set(meetings)) {
      if (!meeting.path.test(path)) continue;
      meetings.delete(meeting);
      await meeting.act();
    }
    const answer = typeof manner === 'object' ? manner : await pass(incoming, body, { target, upstream });
    asked[index] = { at: asked[index]?.at ?? 0, method, path, status: answer.status };
    say(answer, response, manner === 'cut');
  };
  const server = create(certificate, (incoming, response) => {
    void serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${certificate ? 'https' : 'http'}://127.0.0.1:${port}`),
    asked,
    behave: (next) => void (manner = next),
    lead: (next) => void (target = next),
    present({ certPem, keyPem }) {
      if ('setSecureContext' in server) server.setSecureContext({ cert: certPem, key: keyPem });
      server.closeIdleConnections();
    },
    meet: (path, act) => void meetings.add({ path, act }),
    async [Symbol.asyncDispose]() {
      upstream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function create(
  certificate: Presented | undefined,
  handle: (incoming: IncomingMessage, response: ServerResponse) => void,
): Server | SecureServer {
  if (certificate === undefined) return createServer(handle);
  return createSecureServer({ cert: certificate.certPem, key: certificate.keyPem }, handle);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Way {
  readonly target: string;
  readonly upstream: Agent;
}

async function pass(incoming: IncomingMessage, body: Buffer, { target, upstream }: Way): Promise<Answer> {
  const { method = 'GET', url = '', headers } = incoming;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(new URL(url, target), { method, headers, agent: upstream })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
  const type = answer.headers['content-type'] ?? 'application/json';
  const text = (await readAll(answer)).toString();
  return { status: answer.statusCode ?? 502, headers: { 'content-type': type }, body: text };
}

/** All of an answer; or its head, which says how long it is, and half of it. */
function say({ status, headers = {}, body = '' }: Answer, response: ServerResponse, cut: boolean): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  if (!cut) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}
