import { connect } from 'node:tls';
import fc from 'fast-check';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { serveWebhook } from '../../../injector/server/https.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { body, readable } from './bodies.ts';
import { answer } from './surprise.ts';

/** What is sent: bytes, and whether they are a whole request, to which there has to be an answer. */
interface Sent {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

const CRLF = '\r\n';

const types = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'text/plain',
  'application/yaml',
  '',
  'application/json, text/html',
);

const targets = fc.constantFrom('/mutate', '/mutate?timeout=5s', '/', '/../mutate', '/mutate/', '//', '*', 'http://a/mutate', '/%zz'); // prettier-ignore

const methods = fc.oneof(
  { weight: 6, arbitrary: fc.constant('POST') },
  { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'CONNECT') },
);

const headers = fc.array(
  fc.constantFrom(
    'content-encoding: gzip',
    'expect: 100-continue',
    'expect: something',
    `x-long: ${'a'.repeat(20_000)}`,
    'x-a: b',
    'connection: upgrade',
    'upgrade: h2c',
    'x_under: é',
    'trailer: x-a',
    'content-length: 1',
    'transfer-encoding: gzip',
  ),
  { maxLength: 2 },
);

type Framing = (bytes: Buffer) => readonly [string, Buffer];

const inChunks =
  (size: number): Framing =>
  (bytes) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      parts.push(Buffer.from(part.length.toString(16) + CRLF), part, Buffer.from(CRLF));
    }
    return ['transfer-encoding: chunked', Buffer.concat([...parts, Buffer.from(`0${CRLF}${CRLF}`)])];
  };

const framing: fc.Arbitrary<Framing> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Framing>((bytes) => [`content-length: ${bytes.length}`, bytes]) },
  { weight: 1, arbitrary: fc.integer({ min: 64, max: 9000 }).map(inChunks) },
);

/** More than the webhook takes, and more than it reads. */
const large = fc.constantFrom(9, 20).map((mebibytes) => Buffer.alloc(mebibytes * 1024 * 1024, ' '));

const request: fc.Arbitrary<Sent> = fc
  .record({
    method: methods,
    target: targets,
    version: fc.oneof(
      { weight: 9, arbitrary: fc.constant('1.1') },
      { weight: 1, arbitrary: fc.constant('1.0') },
    ),
    host: fc.oneof(
      { weight: 9, arbitrary: fc.constant(['host: a']) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    type: types,
    more: headers,
    frame: framing,
    content: fc.oneof({ weight: 60, arbitrary: body }, { weight: 1, arbitrary: large }),
    cut: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 0.99, noNaN: true }) },
    ),
  })
  .map(({ method, target, version, host, type, more, frame, content, cut }) => {
    const [length, framed] = frame(content);
    const head = [
      `${method} ${target} HTTP/${version}`,
      ...host,
      'connection: close',
      `content-type: ${type}`,
      length,
      ...more,
    ];
    const bytes = Buffer.concat([Buffer.from(head.join(CRLF) + CRLF + CRLF), framed]);
    return { bytes: readable(bytes.subarray(0, Math.ceil(bytes.length * cut))), isWhole: cut === 1 };
  });

const garbage: fc.Arbitrary<Sent> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('GET', '\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'POST /mutate HTTP/9.9\r\n\r\n'),
  )
  .map((text) => ({ bytes: readable(Buffer.from(text)), isWhole: false }));

/** What somebody may send. */
const sent = fc.oneof({ weight: 9, arbitrary: request }, { weight: 1, arbitrary: garbage });

const PATIENCE_MS = 30_000;

/** Everything that comes back, however the connection ends. */
function exchanged({ bytes }: Sent, port: number, { caPem }: ServerCertificate): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port, ca: caPem });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('No answer, and no end either')));
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(received)));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === undefined) reject(error);
    });
    socket.once('secureConnect', () => socket.end(bytes));
  });
}

/** @throws {Error} If it is anything but HTTP answers with JSON in them, or nothing although there has to be something. */
function checkAnswer(received: Buffer, { bytes, isWhole }: Sent): void {
  const text = received.toString().replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/u, '');
  if (text === '') {
    if (isWhole && bytes.length < 1_000_000) throw new Error('There is no answer to a whole request');
    return;
  }
  const end = text.indexOf(CRLF + CRLF);
  const head = text.slice(0, end);
  if (!/^HTTP\/1\.1 [2345]\d\d /u.test(head)) throw new Error(`This is no answer: ${head.slice(0, 100)}`);
  if (!/^content-type: application\/json$/imu.test(head)) throw new Error(`This is no JSON: ${head}`);
  const isHead = bytes.toString().startsWith('HEAD ');
  if (!isHead) JSON.parse(text.slice(end + 2 * CRLF.length));
}

/**
 * Sends a real webhook what no API server would: other methods, types and lengths, half of a request, no request at all.
 *
 * @throws {Error} With the smallest found that it does not answer as it should.
 */
export async function fuzzWire(numRuns: number, seed: number): Promise<void> {
  const certificate = await loopbackCertificate();
  const webhook = await serveWebhook({
    address: '127.0.0.1',
    port: 0,
    keyPair: { ...certificate, notAfter: new Date() },
    answer,
    refused: () => undefined,
  });
  try {
    await fc.assert(
      fc.asyncProperty(sent, async (one) => {
        checkAnswer(await exchanged(one, webhook.port, certificate), one);
      }),
      { numRuns, seed },
    );
  } finally {
    await webhook.close(0);
  }
}
