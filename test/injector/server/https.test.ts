import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { BODY_LIMIT_BYTES } from '../../../injector/server/body.ts';
import { serveWebhook, type Webhook, type WebhookOptions } from '../../../injector/server/https.ts';
import { Load } from '../../../injector/server/load.ts';
import type { ServerCertificate } from '../../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate } from '../../servers/certificate.ts';
import { call } from './client.ts';

let certificate: ServerCertificate;
let webhook: Webhook;
let refused: string[];

beforeAll(async () => {
  certificate = await loopbackCertificate();
});

afterEach(async () => {
  await webhook.close(0);
});

/** Answers every body with its length. */
async function start(options: Partial<WebhookOptions> = {}): Promise<void> {
  refused = [];
  webhook = await serveWebhook({
    address: '127.0.0.1',
    port: 0,
    keyPair: certificate,
    answer: (body) => JSON.stringify({ length: body.length }),
    refused: ({ reason }) => refused.push(reason),
    ...options,
  });
}

const target = (): { port: number; caPem: string } => ({ port: webhook.port, caPem: certificate.caPem });

async function open(options: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: certificate.caPem, ...options });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

const HEAD = 'POST /mutate HTTP/1.1\r\nhost: sidekey\r\ncontent-type: application/json\r\n';

test('a body sent to /mutate is answered as JSON', async () => {
  await start();
  const reply = await call({ ...target(), path: '/mutate?timeout=5s', body: '{"a":1}' });
  expect(reply).toMatchObject({ status: 200, body: '{"length":7}' });
  expect(reply.headers['content-type']).toBe('application/json');
});

test('parameters of the content type do not matter', async () => {
  await start();
  const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
  expect(await call({ ...target(), headers, body: '{}' })).toMatchObject({ status: 200 });
});

test.each([
  ['another path', { path: '/' }, 404, 'not_found'],
  ['another method', { method: 'GET' }, 405, 'method_not_allowed'],
  ['another content type', { headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
  ['a content encoding', { headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported_media_type'],
])('%s is refused', async (_, request, status, reason) => {
  await start();
  const reply = await call({ ...target(), ...request });
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.body)).toMatchObject({ kind: 'Status', code: status, status: 'Failure' });
  expect(refused).toEqual([reason]);
});

test('a body at the limit is taken and one byte more is refused, with a length or without', async () => {
  await start();
  const most = Buffer.alloc(BODY_LIMIT_BYTES, 'x');
  expect(await call({ ...target(), body: most })).toMatchObject({ status: 200 });
  const more = Buffer.alloc(BODY_LIMIT_BYTES + 1, 'x');
  expect(await call({ ...target(), body: more })).toMatchObject({ status: 413 });
  const headers = { 'transfer-encoding': 'chunked' };
  expect(await call({ ...target(), body: more, headers })).toMatchObject({ status: 413 });
  expect(await call({ ...target(), body: '{}' })).toMatchObject({ status: 200 });
});

test('a sender that goes away in the middle of its body harms nothing', async () => {
  await start();
  const socket = await open();
  socket.write(`${HEAD}content-length: 100\r\n\r\nabc`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await expect.poll(() => refused).toEqual(['interrupted']);
  expect(await call({ ...target(), body: '{}' })).toMatchObject({ status: 200 });
});

test('more requests at one time than the bound get 503 until others are done', async () => {
  const load = new Load({ requests: 1, bytes: 1000 });
  await start({ load });
  const slow = await open();
  slow.write(`${HEAD}content-length: 2\r\n\r\n{`);
  await expect.poll(() => load.requests).toBe(1);
  const busy = await call({ ...target(), body: '{}' });
  // The API server's client comes again after that, on another connection.
  expect(busy).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
  slow.write('}');
  await once(slow, 'data');
  expect(await call({ ...target(), body: '{}' })).toMatchObject({ status: 200 });
});

test('bodies that together pass the bound get 503 and give back what they held', async () => {
  await start({ load: new Load({ requests: 10, bytes: 1000 }) });
  expect(await call({ ...target(), body: Buffer.alloc(1001) })).toMatchObject({ status: 503 });
  expect(await call({ ...target(), body: Buffer.alloc(1000) })).toMatchObject({ status: 200 });
  expect(await call({ ...target(), body: Buffer.alloc(1000) })).toMatchObject({ status: 200 });
  expect(refused).toEqual(['busy']);
});

test('whoever keeps connections that it does not use keeps nobody else out', async () => {
  await start({ connections: 10 });
  for (let opened = 0; opened < 30; opened += 1) {
    const socket = await open();
    socket.write(`${HEAD}content-length: 2\r\n\r\n{}`);
    await once(socket, 'data');
  }
  expect(await call({ ...target(), body: '{}' })).toMatchObject({ status: 200 });
});

test('TLS 1.1 is refused, 1.2 is taken and 1.3 is what a client gets that can', async () => {
  await start();
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: certificate.caPem, ...old } as object);
  await expect(once(socket, 'secureConnect')).rejects.toThrow(/protocol version|unsupported protocol/iu);
  expect((await open({ maxVersion: 'TLSv1.2' })).getProtocol()).toBe('TLSv1.2');
  expect((await open()).getProtocol()).toBe('TLSv1.3');
});

test('a replaced key pair serves new connections; an open one goes on', async () => {
  await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = await call({ ...target(), agent, body: '{}' });
  const next = await loopbackCertificate();
  webhook.replaceKeyPair(next);
  const kept = await call({ ...target(), agent, body: '{}' });
  expect(kept.serial).toBe(before.serial);
  const after = await call({ port: webhook.port, caPem: next.caPem, body: '{}' });
  expect(after.serial).not.toBe(before.serial);
  await expect(call({ ...target(), body: '{}' })).rejects.toThrow(/certificate/u);
  agent.destroy();
});

test('an idle connection is kept for as long as an API server keeps one', async () => {
  await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const reply = await call({ ...target(), agent, body: '{}' });
  expect(reply.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=90' });
  agent.destroy();
});

test('a head of more than 16 KiB is refused, and the next request is answered', async () => {
  await start();
  const headers = { 'x-long': 'x'.repeat(20_000) };
  expect(await call({ ...target(), headers, body: '{}' })).toMatchObject({ status: 431 });
  expect(await call({ ...target(), body: '{}' })).toMatchObject({ status: 200 });
});

test('when clients are sent away requests are still answered, each ending its connection', async () => {
  await start();
  webhook.sendAway();
  const reply = await call({ ...target(), body: '{}', headers: { connection: 'keep-alive' } });
  expect(reply).toMatchObject({ status: 200, headers: { connection: 'close' } });
});

test('closing waits for the request under way and takes no other', async () => {
  await start();
  const socket = await open();
  socket.write(`${HEAD}content-length: 2\r\n\r\n{`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = webhook.close(5000);
  const outcome = (): Promise<string> => call({ ...target(), body: '{}' }).then(() => 'answered', String);
  await expect.poll(outcome).toContain('ECONNREFUSED');
  socket.write('}');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200/u);
  await closed;
});

test('closing answers a request that has arrived on an idle connection and was not read yet', async () => {
  await start();
  const socket = await open();
  const body = `${HEAD}content-length: 2\r\n\r\n{}`;
  socket.write(body);
  await once(socket, 'data');
  socket.write(body);
  const closed = webhook.close(5000);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close/iu);
  await closed;
});

test('closing ends what is still under way at the deadline', async () => {
  await start();
  const socket = await open();
  socket.write(`${HEAD}content-length: 2\r\n\r\n{`);
  const silent = connectPlain(webhook.port, '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  await open();
  const began = performance.now();
  await webhook.close(200);
  expect(performance.now() - began).toBeLessThan(2000);
});
