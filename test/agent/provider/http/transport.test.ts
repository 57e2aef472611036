import { describe, expect, test, vi } from 'vitest';
import type { VaultStore } from '#contract/agent-config.ts';
import {
  type Answer,
  createTransport,
  type TransportRequest,
} from '../../../../agent/provider/http/transport.ts';
import { parseJson, serialiseJson } from '../../../../agent/value/json.ts';
import { makeServerCertificate } from '../../../../deploy/kubernetes/certificate.ts';
import { loopbackCertificate } from '../../../servers/certificate.ts';
import { freePort } from '../../../servers/port.ts';
import { answering, serve, serveRaw, serveTls, storeAt, switching } from './faulty-server.ts';
import { containing, matching } from '../vault/fixtures.ts';

const NEVER = new AbortController().signal;
const NEW_YEAR = 'Thu, 01 Jan 2037';

function ask(store: VaultStore, request: Partial<TransportRequest> = {}): Promise<Answer> {
  const transport = createTransport(store, () => 0);
  return transport({ uri: `${store.address}/v1/a`, method: 'GET', headers: {}, signal: NEVER, ...request });
}

describe('a connection that fails', () => {
  test('is reported as unreachable when refused', async () => {
    const store = storeAt(`http://127.0.0.1:${await freePort()}`);
    await expect(ask(store)).rejects.toMatchObject({
      code: 'unreachable',
      message: `Cannot reach ${store.address}: ECONNREFUSED`,
    });
  });

  test('is reported as unreachable when the name does not exist', async () => {
    await expect(ask(storeAt('http://vault.invalid:8200'))).rejects.toMatchObject({
      code: 'unreachable',
      message: matching(/ENOTFOUND|EAI_AGAIN/u),
    });
  });

  test.each([
    ['is cut within the answer', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data":'],
    ['goes over to another protocol, and so ends without one', switching('other')],
  ])('is reported as unreachable when it %s', async (_, answer) => {
    await using server = await serveRaw((socket) => socket.once('data', () => socket.end(answer)));
    await expect(ask(storeAt(server.address))).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('is reported as not HTTP when something else listens there', async () => {
    await using server = await serveRaw((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    await expect(ask(storeAt(server.address))).rejects.toMatchObject({
      code: 'invalid_response',
      message: containing('it is not HTTP'),
    });
  });

  test('says that the address should be http:// when TLS meets a server without', async () => {
    await using server = await answering(200, '{}');
    const address = server.address.replace('http:', 'https:');
    await expect(ask(storeAt(address))).rejects.toMatchObject({
      code: 'unreachable',
      message: containing('is it an http:// address?'),
    });
  });
});

describe('the deadline', () => {
  test('ends a request that nobody answers', async () => {
    await using server = await serveRaw(() => undefined);
    await expect(ask(storeAt(server.address, { timeoutMs: 100 }))).rejects.toMatchObject({
      code: 'timeout',
      message: `Cannot reach ${server.address}: no whole answer within 100 ms`,
    });
  });

  test('covers the body, however slowly it drips', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('{');
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    });
    await expect(ask(storeAt(server.address, { timeoutMs: 150 }))).rejects.toMatchObject({ code: 'timeout' });
  });
});

test('no timer of an answered request keeps the process alive', async () => {
  await using server = await answering(200, '{}');
  const begin = vi.spyOn(globalThis, 'setTimeout');
  const end = vi.spyOn(globalThis, 'clearTimeout');
  await ask(storeAt(server.address, { timeoutMs: 61_234 }));
  const own = begin.mock.calls.findIndex(([, ms]) => ms === 61_234);
  expect(end).toHaveBeenCalledWith(begin.mock.results.at(own)?.value);
  expect(own).not.toBe(-1);
  vi.restoreAllMocks();
});

describe('cancellation', () => {
  test('sends nothing when aborted beforehand', async () => {
    await using server = await answering(200, '{}');
    const reason = new Error('shutting down');
    await expect(ask(storeAt(server.address), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.connections()).toBe(0);
  });

  test('ends a request on its way with the reason of the signal', async () => {
    await using server = await serveRaw(() => undefined);
    const controller = new AbortController();
    const reason = new Error('shutting down');
    setTimeout(() => controller.abort(reason), 30);
    await expect(ask(storeAt(server.address), { signal: controller.signal })).rejects.toBe(reason);
  });

  test('ends an answer on its way', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    let closed = false;
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('{"data":');
      response.once('close', () => (closed = true));
      setTimeout(() => controller.abort(reason), 30);
    });
    await expect(ask(storeAt(server.address), { signal: controller.signal })).rejects.toBe(reason);
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(true);
  });
});

test.each(['POST', 'DELETE'])('a body goes along whole with %s', async (method) => {
  await using server = await serve((request, response) => {
    request.setEncoding('utf8').once('data', (text) => response.end(text));
  });
  const { body } = await ask(storeAt(server.address), { method, json: { pä: 'ß' } });
  expect(serialiseJson(body ?? null)).toBe('{"pä":"ß"}');
});

describe('an answer', () => {
  test('keeps every digit of a number', async () => {
    const text = '{"data":{"big":12345678901234567890,"price":1.50}}';
    await using server = await answering(200, text);
    const { status, body } = await ask(storeAt(server.address));
    expect(status).toBe(200);
    expect(serialiseJson(body ?? null)).toBe(text);
  });

  test('may be empty', async () => {
    await using server = await answering(204, '');
    await expect(ask(storeAt(server.address))).resolves.toMatchObject({ status: 204, body: undefined });
  });

  test('of eight MiB is read, and of one byte more is not', async () => {
    const limit = 8 * 1024 * 1024;
    await using whole = await answering(200, `"${'a'.repeat(limit - 2)}"`);
    await expect(ask(storeAt(whole.address))).resolves.toMatchObject({ status: 200 });
    await using tooMuch = await answering(200, `"${'a'.repeat(limit - 1)}"`);
    await expect(ask(storeAt(tooMuch.address))).rejects.toMatchObject({ code: 'too_large' });
  });

  test('that is not JSON is refused beside a success and ignored beside a refusal', async () => {
    await using success = await answering(200, '<html>');
    await expect(ask(storeAt(success.address))).rejects.toMatchObject({ code: 'invalid_response' });
    await using failure = await answering(502, '<html>');
    await expect(ask(storeAt(failure.address))).resolves.toMatchObject({ status: 502, body: undefined });
  });

  test('that redirects is handed back, for the token must not travel', async () => {
    let asked = 0;
    await using other = await serve((_request, response) => {
      asked += 1;
      response.end('{}');
    });
    await using server = await answering(307, '', { location: `${other.address}/v1/a` });
    await expect(ask(storeAt(server.address))).resolves.toMatchObject({ status: 307 });
    expect(asked).toBe(0);
  });

  test.each([
    ['in seconds', { 'retry-after': '7' }],
    // By the clock of the server, for the machine's may be wrong.
    ['as a date', { date: `${NEW_YEAR} 00:00:00 GMT`, 'retry-after': `${NEW_YEAR} 00:00:07 GMT` }],
  ])('carries its headers, and Retry-After %s', async (_, headers) => {
    await using server = await answering(429, '{}', { ...headers, 'x-vault-index': 'state' });
    const answer = { retryAfterMs: 7000, headers: { 'x-vault-index': 'state' } };
    await expect(ask(storeAt(server.address))).resolves.toMatchObject(answer);
  });
});

test('a body is sent as JSON', async () => {
  let received = '';
  await using server = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.toString()));
    request.on('end', () => response.end(JSON.stringify({ type: request.headers['content-type'] })));
  });
  const { body } = await ask(storeAt(server.address), { method: 'PUT', json: { role: 'r', jwt: 'ä' } });
  expect(received).toBe('{"role":"r","jwt":"ä"}');
  expect(body).toEqual(parseJson('{"type":"application/json"}'));
});

test('one connection serves requests that follow one another', async () => {
  await using server = await answering(200, '{}');
  const store = storeAt(server.address);
  const transport = createTransport(store, () => 0);
  for (let round = 0; round < 3; round += 1)
    await transport({ uri: `${store.address}/v1/a`, method: 'GET', headers: {}, signal: NEVER });
  expect(server.connections()).toBe(1);
});

test.each([307, 412, 472, 473, 500, 503])(
  'the connection to a node that answers %d is not used again, for another would lead to another node',
  async (status) => {
    await using server = await answering(status, '{}');
    const transport = createTransport(storeAt(server.address), () => 0);
    for (let round = 0; round < 2; round += 1)
      await transport({ uri: `${server.address}/v1/a`, method: 'GET', headers: {}, signal: NEVER });
    expect(server.connections()).toBe(2);
  },
);

test.each([403, 404, 429])('the connection on which a request is refused with %d is kept', async (status) => {
  await using server = await answering(status, '{}');
  const transport = createTransport(storeAt(server.address), () => 0);
  for (let round = 0; round < 2; round += 1)
    await transport({ uri: `${server.address}/v1/a`, method: 'GET', headers: {}, signal: NEVER });
  expect(server.connections()).toBe(1);
});

describe('TLS', () => {
  test('trusts the store’s own authority, and no other', async () => {
    const { certPem, keyPem, caPem } = await loopbackCertificate();
    await using server = await serveTls({ cert: certPem, key: keyPem }, (_request, response) => {
      response.end('{}');
    });
    await expect(ask(storeAt(server.address, { caPem }))).resolves.toMatchObject({ status: 200 });
    const stranger = await loopbackCertificate();
    for (const store of [storeAt(server.address), storeAt(server.address, { caPem: stranger.caPem })])
      await expect(ask(store)).rejects.toMatchObject({
        code: 'unreachable',
        message: containing('its certificate is not trusted'),
      });
  });

  test('checks the certificate’s names', async () => {
    const names = ['vault.example'];
    const { certPem, keyPem, caPem } = await makeServerCertificate({ names, now: new Date(), days: 1 });
    const tls = { cert: certPem, key: keyPem };
    await using server = await serveTls(tls, (_request, response) => void response.end('{}'));
    await expect(ask(storeAt(server.address, { caPem }))).rejects.toMatchObject({
      code: 'unreachable',
      message: containing('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
  });
});
