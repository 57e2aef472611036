import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { serveWebhook, type Webhook } from '../../../injector/server/https.ts';
import type { RefusalReason } from '../../../injector/server/refusal.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';

let webhook: Webhook;
let certificate: ServerCertificate;
let refused: RefusalReason[];

beforeEach(async () => {
  certificate = await loopbackCertificate();
  refused = [];
  webhook = await serveWebhook({
    address: '127.0.0.1',
    port: 0,
    keyPair: { ...certificate, notAfter: new Date() },
    answer: () => '{"answered":true}',
    refused: ({ reason }) => refused.push(reason),
  });
});

afterEach(async () => {
  await webhook.close(0);
});

/** All that comes back for these bytes, after which nothing more is sent. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: certificate.caPem });
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(received));
    socket.once('secureConnect', () => socket.end(bytes));
  });
}

const request = (...lines: readonly string[]): string =>
  ['POST /mutate HTTP/1.1', 'host: a', 'content-type: application/json', ...lines, '', ''].join('\r\n');

const statuses = (answer: string): readonly string[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gmu)].map(([, status = '']) => status);

const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));

test.each([
  ['something else', 'hello\r\n\r\n', '400'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
  ['a length that is none', request('content-length: many'), '400'],
  ['headers without end', request(`x-long: ${'a'.repeat(20_000)}`), '431'],
])('%s is answered as the API server understands it', async (_, bytes, status) => {
  const answer = await exchange(bytes);
  expect(statuses(answer)).toEqual([status]);
  expect(bodyOf(answer)).toMatchObject({
    kind: 'Status',
    status: 'Failure',
    message: expect.stringContaining('sidekey: Cannot read the request') as string,
    code: Number(status),
  });
  expect(refused).toEqual(['malformed']);
});

test.each([
  ['a method of proxies', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n', '405'],
  ['a chunk without a length', request('transfer-encoding: chunked', '', 'zz', 'abc'), '400'],
  ['a trailer that is none', request('transfer-encoding: chunked', '', '2', '{}', '0', 'none'), '400'],
  ['a chunk that says too much', request('transfer-encoding: chunked', '', `2;${'a'.repeat(20_000)}`), '413'],
  ['two lengths', request('content-length: 2', 'content-length: 3', '', '{}'), '400'],
  ['a length beside chunks', request('content-length: 2', 'transfer-encoding: chunked', '', '{}'), '400'],
  ['a body that is cut off', request('content-length: 100', '', '{'), '400'],
])('%s is answered with a Status', async (_, bytes, status) => {
  const answer = await exchange(bytes);
  expect(statuses(answer)).toEqual([status]);
  expect(bodyOf(answer)).toMatchObject({ kind: 'Status', code: Number(status) });
  expect(answer).toMatch(/^connection: close\r$/imu);
});

test.each([
  ['HTTP/1.0', request('content-length: 2', '', '{}').replace('HTTP/1.1', 'HTTP/1.0')],
  [
    'a request without a host',
    request('content-length: 2', 'connection: close', '', '{}').replace('host: a\r\n', ''),
  ],
  [
    'a request that would be upgraded',
    request('content-length: 2', 'upgrade: h2c', 'connection: upgrade', '', '{}'),
  ],
  ['a trailer', request('connection: close', 'transfer-encoding: chunked', '', '2', '{}', '0', 'a: b')],
])('%s is answered like any other', async (_, bytes) => {
  const answer = await exchange(bytes);
  expect(statuses(answer)).toEqual(['200']);
  expect(bodyOf(answer)).toEqual({ answered: true });
});

test('whoever expects something of the server is answered as if not', async () => {
  const answer = await exchange(`${request('connection: close', 'content-length: 2', 'expect: tea')}{}`);
  expect(statuses(answer)).toEqual(['200']);
  expect(bodyOf(answer)).toEqual({ answered: true });
});

test('a request that was refused before it had ended has one answer', async () => {
  const answer = await exchange(request('content-length: 100').replace('POST', 'GET'));
  expect(statuses(answer)).toEqual(['405']);
});

test('a whole request is answered, whatever nonsense comes after it', async () => {
  const answer = await exchange(`${request('content-length: 2')}{}nonsense\r\n\r\n`);
  expect(statuses(answer)).toEqual(['200']);
  expect(bodyOf(answer)).toEqual({ answered: true });
});
